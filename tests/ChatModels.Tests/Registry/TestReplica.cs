using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Replicas;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Validation;
using ChatModels.Registry.Writing;
using ChatModels.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry;

/// <summary>One process of a fleet: the production parts over a store of the test's choice.</summary>
internal sealed class TestReplica : IDisposable
{
    private readonly SecretStore _secretStore;

    public TestReplica(IRegistryStore store, FakeTimeProvider? time = null, RegistryOptions? options = null, RegistrySeed? seed = null, int chance = 1)
    {
        Time = time ?? new FakeTimeProvider();
        Configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        _secretStore = new SecretStore(Configuration);
        Types.Register(Sample.Metadata, (_, _, _) =>
        {
            var provider = new EchoProvider();
            Live.Add(provider);
            return new ValueTask<IChatProvider>(provider);
        });
        var settings = Options.Create(options ?? new RegistryOptions { BirthDelay = TimeSpan.Zero });
        var chances = new Chance(new Random(chance));
        var identity = new ReplicaIdentity(Time, chances);
        var factory = new ProviderOptionsFactory(_secretStore);
        Builder = new SnapshotBuilder(new EntryBuilder(new ProviderUsability(Types, factory, new ProviderServices(Time))));
        Validator = new RegistryValidator(new ProviderValidator(Types, factory));
        State = new LiveRegistry(identity, settings, Time, new FakeLogger<LiveRegistry>(Logs));
        Metrics = new RegistryMetrics(State);
        Synchronizer = new RegistrySynchronizer(store, Builder, State, settings, Time);
        var preparer = new WritePreparer(Builder, Time);
        var attempts = new WriteAttempts(store, Synchronizer, State, new WriteChecks(Validator), preparer, chances, Time, new FakeLogger<RegistryWriter>(Logs));
        var writer = new RegistryWriter(attempts, Metrics, chances, settings, Time, new FakeLogger<RegistryWriter>(Logs));
        Directory = new ReplicaDirectory(store, State, identity, settings, Time);
        Steady = new SteadyRun(Time, new FakeLogger<SteadyRun>(Logs));
        Announcer = new ReplicaAnnouncer(Directory, State, settings, Steady, Time, new FakeLogger<ReplicaAnnouncer>(Logs));
        var emptyStore = new EmptyStore(
            store, State, new RestoreTurn(Directory, State, identity, settings, Time), preparer, Options.Create(seed ?? new RegistrySeed()), identity, chances, settings, Time, new FakeLogger<EmptyStore>(Logs));
        Refresher = new RegistryRefresher(
            store, Synchronizer, emptyStore, State, _secretStore, Metrics, chances, settings, Time, new FakeLogger<RegistryRefresher>(Logs));
        Registry = new ModelRegistry(State, writer, Synchronizer, Directory);
    }

    public FakeTimeProvider Time { get; }

    public IConfigurationRoot Configuration { get; }

    public ChatProviderTypes Types { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    /// <summary>Every adapter that was created.</summary>
    public List<EchoProvider> Live { get; } = [];

    public SnapshotBuilder Builder { get; }

    public RegistryValidator Validator { get; }

    public LiveRegistry State { get; }

    public RegistryMetrics Metrics { get; }

    public RegistrySynchronizer Synchronizer { get; }

    public SteadyRun Steady { get; }

    public RegistryRefresher Refresher { get; }

    public ReplicaDirectory Directory { get; }

    public ReplicaAnnouncer Announcer { get; }

    public ModelRegistry Registry { get; }

    public RegistrySnapshot Current => Registry.Current;

    /// <summary>A replica that has loaded, or given birth to, the store's registry.</summary>
    public static async Task<TestReplica> LoadedAsync(IRegistryStore store, FakeTimeProvider? time = null, RegistryOptions? options = null, RegistrySeed? seed = null, int chance = 1)
    {
        var replica = new TestReplica(store, time, options, seed, chance);
        await replica.RefreshAsync();
        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        return replica;
    }

    public Task<TimeSpan> RefreshAsync() => Refresher.RefreshAsync(TestContext.Current.CancellationToken);

    public Task<RegistryResult> PutAsync(string id, ProviderConfig config, Precondition? precondition = null) =>
        Registry.PutProviderAsync(id, config, precondition ?? Precondition.None, "tester", TestContext.Current.CancellationToken);

    public Task<RegistryResult> PutAsync(string id, ModelConfig config, Precondition? precondition = null) =>
        Registry.PutModelAsync(id, config, precondition ?? Precondition.None, "tester", TestContext.Current.CancellationToken);

    public Task<RegistryResult> DeleteProviderAsync(string id, Precondition? precondition = null) =>
        Registry.DeleteProviderAsync(id, precondition ?? Precondition.None, "tester", TestContext.Current.CancellationToken);

    public Task<RegistryResult> DeleteModelAsync(string id, Precondition? precondition = null) =>
        Registry.DeleteModelAsync(id, precondition ?? Precondition.None, "tester", TestContext.Current.CancellationToken);

    /// <summary>Gives or takes the value of a secret; sources say so as a reloaded file would.</summary>
    public void SetSecret(string name, string? value)
    {
        Configuration[$"Secrets:{name}"] = value;
        Configuration.Reload();
    }

    public void Dispose()
    {
        State.Dispose();
        Metrics.Dispose();
        Synchronizer.Dispose();
        Refresher.Dispose();
        Announcer.Dispose();
        _secretStore.Dispose();
    }
}
