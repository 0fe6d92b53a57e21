using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Turns published heads, subscriptions and reconnects into calls of one handler, one at a time.</summary>
/// <remarks>What comes while the handler runs becomes one more call: hints are never queued.</remarks>
internal sealed partial class RedisHints(RedisConnections connections, RegistryKeys keys, Action raise, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectPause = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            var connection = await ConnectAsync();
            connection.ConnectionRestored += OnRestored;

            // Does not wait for the server: the client keeps the subscription and (re)makes it whenever it has a connection.
            var messages = connection.GetSubscriber().Subscribe(keys.Changed, CommandFlags.FireAndForget);
            messages.OnMessage(_ => Signal());
            try
            {
                Signal();
                await RaiseAsync();
            }
            finally
            {
                connection.ConnectionRestored -= OnRestored;
                messages.Unsubscribe(CommandFlags.FireAndForget);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The store was disposed.
        }
        catch (Exception exception)
        {
            LogDeaf(exception); // The registry still looks at the head by its timer.
        }
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        while (true)
        {
            try
            {
                return await connections.ReadsAsync().WaitAsync(_stop.Token);
            }
            catch (Exception) when (!_stop.IsCancellationRequested)
            {
                await Task.Delay(ConnectPause, time, _stop.Token); // Whoever reads from the store says that it is unavailable.
            }
        }
    }

    private async Task RaiseAsync()
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync(_stop.Token))
        {
            try
            {
                raise();
            }
            catch (Exception exception)
            {
                LogHandlerFailed(exception);
            }
        }
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs restored) => Signal();

    private void Signal() => _signals.Writer.TryWrite(true);

    [LoggerMessage(1321, LogLevel.Error, "Hints of registry changes stopped; changes are now only seen by the timer")]
    private partial void LogDeaf(Exception exception);

    [LoggerMessage(1322, LogLevel.Error, "The handler of a hint failed")]
    private partial void LogHandlerFailed(Exception exception);
}
