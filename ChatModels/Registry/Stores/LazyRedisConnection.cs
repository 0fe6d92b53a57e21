using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>A connection that is made when first asked for, never on the caller's thread, and asked for again when the first attempt failed.</summary>
internal sealed class LazyRedisConnection(ConfigurationOptions options) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<IConnectionMultiplexer>? _connecting;
    private bool _disposed;

    public Task<IConnectionMultiplexer> GetAsync()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_connecting is null or { IsFaulted: true })
            {
                _connecting = Task.Run(async () => (IConnectionMultiplexer)await ConnectionMultiplexer.ConnectAsync(options));
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

        if (connecting is not null)
        {
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (connecting is { IsCompletedSuccessfully: true })
        {
            await connecting.Result.CloseAsync(allowCommandsToComplete: false);
            connecting.Result.Dispose();
        }
    }
}
