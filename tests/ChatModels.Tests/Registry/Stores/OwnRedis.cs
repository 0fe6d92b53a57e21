using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Testing;
using StackExchange.Redis;
using Xunit;

namespace ChatModels.Tests.Registry.Stores;

/// <summary>A redis-server of one test's own, to be harmed, and stores on it.</summary>
public abstract class OwnRedis : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private protected RedisServer Server { get; private set; } = null!;
    private protected FakeLogger<RedisRegistryStore> Log { get; } = new();

    // Synced with each write: these tests kill the server, and what the server forgets is not what they are about.
    private protected virtual StoreServerOptions Options => new() { Arguments = ["--appendfsync", "always"] };

    public async ValueTask InitializeAsync() => Server = Own(await RedisServer.StartAsync(Options, Cancel));

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected T Own<T>(T owned) where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>A store with the product's own deadlines, unless others are given.</summary>
    private protected RedisRegistryStore Open(StoreDeadlines? deadlines = null) => Open(new RedisConnections(Server.ConnectionString), deadlines);

    private protected RedisRegistryStore Open(RedisConnections connections, StoreDeadlines? deadlines = null) =>
        Own(new RedisRegistryStore(connections, "prod", TimeProvider.System, Log, deadlines));

    /// <summary>A store with time, to look at what is true and to bring things about.</summary>
    private protected RedisRegistryStore OpenPatient() => Open(Patient.Deadlines);

    /// <summary>A store whose writes pass through the tap and whose reads don't.</summary>
    private protected async Task<RedisRegistryStore> OpenThroughAsync(WireTap tap)
    {
        var reads = Own(await ConnectAsync());
        var deadlines = Patient.Deadlines with { Commit = TimeSpan.FromSeconds(3), Turn = TimeSpan.FromMilliseconds(250) };
        return Open(new RedisConnections(reads, ConfigurationOptions.Parse($"127.0.0.1:{tap.Port}")), deadlines);
    }

    private protected async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(Server.ConnectionString + ",abortConnect=false");

    /// <summary>Two commits, and every read once: the first ones compile code and connect.</summary>
    private protected static async Task<RegistryHead> WarmUpAsync(RedisRegistryStore store)
    {
        var head = await store.CommittedAsync(null, Commits.Model("m", "1"));
        await WaitUntil.TrueAsync(async _ =>
        {
            await store.DumpAsync();
            await store.ReadAnnouncementsAsync(Cancel);
            return true;
        }, "every kind of read", cancellationToken: Cancel);
        return await store.CommittedAsync(head, Commits.Model("m", "2"));
    }
}
