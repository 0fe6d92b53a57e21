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

    private protected virtual StoreServerOptions Options => new();

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

    private protected RedisRegistryStore Open() => Open(new RedisConnections(Server.ConnectionString));

    private protected RedisRegistryStore Open(RedisConnections connections) =>
        Own(new RedisRegistryStore(connections, "prod", TimeProvider.System, Log));

    /// <summary>A store whose writes pass through the tap and whose reads don't.</summary>
    private protected async Task<RedisRegistryStore> OpenThroughAsync(WireTap tap)
    {
        var reads = Own(await ConnectAsync());
        return Open(new RedisConnections(reads, ConfigurationOptions.Parse($"127.0.0.1:{tap.Port}")));
    }

    private protected async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(Server.ConnectionString + ",abortConnect=false");

    /// <summary>Takes part in the next commit only once a commit has gone through: the first ones compile code and connect.</summary>
    private protected static async Task<RegistryHead> WarmUpAsync(RedisRegistryStore store)
    {
        var head = await store.CommittedAsync(null, Commits.Model("m", "1"));
        await store.ReadAllAsync(Cancel);
        await store.ReadLogAsync(0, Cancel);
        await store.ReadAnnouncementsAsync(Cancel);
        return await store.CommittedAsync(head, Commits.Model("m", "2"));
    }
}
