using System.Net;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>The registry's two connections: reads share the host's where it has one, writes always have their own. Disposes what it made, only that.</summary>
/// <remarks>
/// A conditional transaction holds its connection, and the thread that sends it, until the server has answered the condition. On a shared
/// connection a hung server would stop every other user of it for that long.
/// </remarks>
internal sealed class RedisConnections : IAsyncDisposable
{
    /// <summary>How long a transaction waits for its condition, blocking its thread.</summary>
    public static readonly TimeSpan ConditionTimeout = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(250);

    private readonly LazyRedisConnection _reads;
    private readonly LazyRedisConnection _writes;

    /// <summary>For a host that has no connection of its own.</summary>
    public RedisConnections(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        _reads = new LazyRedisConnection(ForReads(options));
        _writes = new LazyRedisConnection(ForWrites(options));
    }

    /// <summary>For a host that has one; <paramref name="options"/> are those that it was made with.</summary>
    public RedisConnections(IConnectionMultiplexer reads, ConfigurationOptions options)
        : this(() => reads, options)
    {
    }

    /// <summary>For a host whose connection is made when it is first asked for, which holds up the thread that asks for as long as connecting takes.</summary>
    public RedisConnections(Func<IConnectionMultiplexer> reads, ConfigurationOptions options)
    {
        _reads = new LazyRedisConnection(reads);
        _writes = new LazyRedisConnection(ForWrites(options));
    }

    public Task<IConnectionMultiplexer> ReadsAsync() => _reads.GetAsync();

    public Task<IConnectionMultiplexer> WritesAsync() => _writes.GetAsync();

    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        await _reads.DisposeAsync();
    }

    internal static ConfigurationOptions ForReads(ConfigurationOptions options)
    {
        var reads = Named(options, "reads");
        reads.AbortOnConnectFail = false;
        reads.BacklogPolicy = BacklogPolicy.FailFast;
        reads.ReconnectRetryPolicy = new LinearRetry((int)ReconnectPause.TotalMilliseconds);
        return reads;
    }

    internal static ConfigurationOptions ForWrites(ConfigurationOptions options)
    {
        var writes = Named(options, "writes");
        writes.AbortOnConnectFail = false;
        writes.BacklogPolicy = BacklogPolicy.FailFast;
        writes.ConnectRetry = 1;
        writes.ConnectTimeout = (int)WriteTimeout.TotalMilliseconds;
        writes.AsyncTimeout = (int)WriteTimeout.TotalMilliseconds;
        writes.SyncTimeout = (int)ConditionTimeout.TotalMilliseconds;
        writes.ReconnectRetryPolicy = new LinearRetry((int)ReconnectPause.TotalMilliseconds);
        writes.HeartbeatInterval = ReconnectPause; // What looks for a lost connection, and for timeouts.
        return writes;
    }

    private static ConfigurationOptions Named(ConfigurationOptions options, string purpose)
    {
        var clone = options.Clone();
        clone.ClientName = $"{options.ClientName ?? Dns.GetHostName()}-chatmodels-{purpose}";
        return clone;
    }
}
