using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>A connection that is made when first asked for, never on the caller's thread, and made anew when that failed.</summary>
internal sealed class LazyRedisConnection : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<Task<IConnectionMultiplexer>> _connect;
    private readonly bool _isOwn;
    private Task<IConnectionMultiplexer>? _connecting;
    private bool _disposed;

    /// <summary>A connection of its own.</summary>
    public LazyRedisConnection(ConfigurationOptions options) =>
        (_connect, _isOwn) = (async () => await ConnectionMultiplexer.ConnectAsync(options), true);

    /// <summary>Somebody else's, who also ends it; <paramref name="get"/> may block while it is being made.</summary>
    public LazyRedisConnection(Func<IConnectionMultiplexer> get) => _connect = () => Task.FromResult(get());

    public Task<IConnectionMultiplexer> GetAsync()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_connecting is null or { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                _connecting = Task.Run(_connect);
                _connecting.Observe();
            }

            return _connecting;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<IConnectionMultiplexer>? connecting;
        lock (_lock)
        {
            _disposed = true;
            connecting = _connecting;
        }

        if (connecting is null || !_isOwn)
        {
            return;
        }

        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            await connecting.Result.CloseAsync(allowCommandsToComplete: false);
            connecting.Result.Dispose();
        }
    }
}
