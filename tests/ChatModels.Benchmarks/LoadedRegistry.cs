using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Secrets;
using ChatModels.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatModels.Benchmarks;

/// <summary>The registry as <c>AddChatModels</c> makes it, over a store in memory that holds so many models.</summary>
internal sealed class LoadedRegistry : IAsyncDisposable
{
    private static readonly TimeSpan WritePace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly IHost _host;
    private readonly CancellationTokenSource _stop = new();
    private Task _churning = Task.CompletedTask;

    private LoadedRegistry(IHost host) => _host = host;

    public ModelRegistry Registry => _host.Services.GetRequiredService<ModelRegistry>();

    public int Churned { get; private set; }

    public static async Task<LoadedRegistry> StartAsync(int models)
    {
        var store = new InMemoryRegistryStore(TimeProvider.System);
        await store.CommitAsync(Corpus.Birth(models), CancellationToken.None);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ChatModels:Registry:Store"] = "memory" });
        builder.Services.AddSingleton<IRegistryStore>(store);
        builder.AddChatModels();
        var loaded = new LoadedRegistry(builder.Build());
        await loaded._host.StartAsync();
        await WaitUntil.TrueAsync(() => loaded.Registry.Current.Models.Count == models, $"{models} models", StartDeadline);
        return loaded;
    }

    /// <summary>Changes one model after the other, a hundred times a second or as often as that many models allow, until it is disposed.</summary>
    public void Churn() => _churning = Task.Run(async () =>
    {
        using var pace = new PeriodicTimer(WritePace);
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var model = number % 10;
            var written = await Registry.PutModelAsync(Corpus.ModelName(model), Corpus.Model(model, 1000 + number), Precondition.None, "benchmark", CancellationToken.None);
            Churned += written.Failure is null ? 1 : throw new InvalidOperationException(written.Failure.Message);
            await pace.WaitForNextTickAsync();
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _churning;
        await _host.StopAsync();
        _host.Dispose();
        _stop.Dispose();
    }

    /// <summary>The production builder, for what is measured apart from the rest.</summary>
    public static SnapshotBuilder NewBuilder()
    {
        var secrets = new SecretStore(new ConfigurationBuilder().Build());
        return new SnapshotBuilder(new EntryBuilder(new ProviderUsability(ChatProviderTypes.Global, new ProviderOptionsFactory(secrets), new ProviderServices(TimeProvider.System))));
    }
}
