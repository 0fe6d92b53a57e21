using System.Runtime.CompilerServices;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Replicas;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Validation;
using ChatModels.Registry.Writing;
using ChatModels.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>One process of the fleet: the production parts, wired as RegistryExtensions does, over a simulated store, clock and thread.</summary>
internal sealed class SimulatedReplica : IDisposable
{
    private static readonly IConfigurationRoot NoSecrets = new ConfigurationBuilder().Build();
    private static readonly ChatProviderTypes Types = SampleTypes();

    private readonly SecretStore _secrets = new(NoSecrets);
    private readonly LiveRegistry _live;
    private readonly RegistryMetrics _metrics;
    private readonly RegistrySynchronizer _synchronizer;
    private readonly ReplicaDirectory _directory;
    private readonly RegistryRefresher _refresher;

    public SimulatedReplica(string name, SimulatedStore store, SimulatedClock clock, RegistryOptions options, RegistrySeed seed, Random random)
    {
        Name = name;
        Time = new SimulatedTime(clock);
        var settings = Options.Create(options);
        var chance = new Chance(random);
        var identity = new ReplicaIdentity(Time, chance);
        var factory = new ProviderOptionsFactory(_secrets);
        var builder = new SnapshotBuilder(new EntryBuilder(new ProviderUsability(Types, factory, new ProviderServices(Time))));
        var checks = new WriteChecks(new RegistryValidator(new ProviderValidator(Types, factory)));
        var preparer = new WritePreparer(builder, Time);
        _live = new LiveRegistry(identity, settings, Time, NullLogger<LiveRegistry>.Instance);
        _metrics = new RegistryMetrics(_live);
        _synchronizer = new RegistrySynchronizer(store, builder, _live, settings, Time);
        var attempts = new WriteAttempts(store, _synchronizer, _live, checks, preparer, chance, Time, NullLogger<RegistryWriter>.Instance);
        var writer = new RegistryWriter(attempts, _metrics, chance, settings, Time, NullLogger<RegistryWriter>.Instance, HeldBack);
        _directory = new ReplicaDirectory(store, _live, identity, settings, Time);
        var turn = new RestoreTurn(_directory, _live, identity, settings, Time);
        var emptyStore = new EmptyStore(store, _live, turn, preparer, Options.Create(seed), identity, chance, settings, Time, NullLogger<EmptyStore>.Instance);
        _refresher = new RegistryRefresher(
            store, _synchronizer, emptyStore, _live, _secrets, _metrics, chance, settings, Time, NullLogger<RegistryRefresher>.Instance);
        Registry = new ModelRegistry(_live, writer, _synchronizer, _directory);
        store.Hinted += () => WantsLook = true;
        _live.Changed += () => NextAnnouncement = TimeSpan.Zero;
    }

    public string Name { get; }

    public required SimulatedStore Store { get; init; }

    public SimulatedTime Time { get; }

    public ModelRegistry Registry { get; }

    /// <summary>Writes that wait for a thread.</summary>
    public HeldBack HeldBack { get; } = new();

    public RegistrySnapshot Current => _live.Current;

    public RegistryState State => _live.Status.State;

    public RejectedRevision? Rejected => _live.Rejected;

    /// <summary>Whether a new operation gets the gate at once.</summary>
    /// <remarks>One that waited for it would go on by way of the thread pool, which nobody can schedule; so none waits: it begins later.</remarks>
    public bool GateIsFree => Gate(_synchronizer).CurrentCount > 0;

    /// <summary>A hint has come.</summary>
    public bool WantsLook { get; set; } = true;

    /// <summary>When it looks without a hint.</summary>
    public TimeSpan NextLook { get; set; }

    /// <summary>When it says again that it is alive.</summary>
    public TimeSpan NextAnnouncement { get; set; }

    /// <summary>Until then the process stands still, as after SIGSTOP.</summary>
    public TimeSpan PausedUntil { get; set; }

    public bool IsDead { get; private set; }

    public Task<TimeSpan> RefreshAsync() => _refresher.RefreshAsync(CancellationToken.None);

    /// <summary>The other processes it knows of.</summary>
    public IReadOnlyList<ReplicaInfo> HeardWithin(TimeSpan age) => _directory.HeardWithin(age);

    public string Id => _live.Status.ReplicaId;

    /// <summary>One turn of the announcer.</summary>
    public async Task<bool> AnnounceAsync() =>
        await _directory.TryAnnounceAsync(CancellationToken.None) & await _directory.TryHearAsync(CancellationToken.None) is not null;

    /// <summary>Dies as a killed process: nothing of it runs any more.</summary>
    public void Dispose()
    {
        IsDead = true;
        _metrics.Dispose();
        _live.Dispose();
        _synchronizer.Dispose();
        _refresher.Dispose();
        _secrets.Dispose();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_gate")]
    private static extern ref SemaphoreSlim Gate(RegistrySynchronizer synchronizer);

    private static ChatProviderTypes SampleTypes()
    {
        var types = new ChatProviderTypes();
        types.Register(
            new ProviderMetadata { Name = Workload.ProviderType, Description = "Is never called." },
            (_, _, _) => throw new NotSupportedException("Nothing is called in the simulation."));
        return types;
    }
}
