using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ChatModels.ServiceDefaults.Redis;

/// <summary>
/// Opens the connection when the host starts, in the background: creating a multiplexer blocks its caller until the server has answered or the connect
/// timeout has passed, which must hold up neither the start nor the first request.
/// </summary>
internal sealed partial class RedisConnecting(IServiceProvider services, TimeProvider time, ILogger<RedisConnecting> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private volatile IConnectionMultiplexer? _connection;
    private string? _lastFailure;

    /// <summary>Null until it has been created; after that it stays the same and reconnects by itself.</summary>
    public IConnectionMultiplexer? Connection => _connection;

    /// <summary>Why the connection was lost, or could not be had, the last time; it outlives the recovery.</summary>
    public string? LastFailure => Volatile.Read(ref _lastFailure);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A server that is down makes nothing throw (the client reconnects by itself); options that can't be applied on this machine do.
        for (var pause = TimeSpan.FromSeconds(1); !await TryConnectAsync(pause, stoppingToken); pause = Longer(pause))
        {
            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task<bool> TryConnectAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            var connection = await Task.Factory
                .StartNew(services.GetRequiredService<IConnectionMultiplexer>, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(stoppingToken); // A stop does not wait for a server that hangs.
            connection.ConnectionFailed += (_, failure) => Remember(failure.FailureType);
            _connection = connection;
            await AskForFirstFailureAsync(connection, stoppingToken);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotConnected(pause, exception.Message);
            return false;
        }
    }

    // The event comes once for an outage, for the first one before anybody can listen; a command that waits in vain tells the reason too.
    private async Task AskForFirstFailureAsync(IConnectionMultiplexer connection, CancellationToken stoppingToken)
    {
        try
        {
            await connection.GetDatabase().PingAsync(CommandFlags.DemandMaster).WaitAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            var cause = exception as RedisConnectionException ?? exception.InnerException as RedisConnectionException;
            Remember((cause?.InnerException as RedisConnectionException ?? cause)?.FailureType ?? ConnectionFailureType.UnableToConnect);
        }
    }

    private void Remember(ConnectionFailureType failure) => Volatile.Write(ref _lastFailure, failure.ToString());

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(6003, LogLevel.Warning, "The Redis connection can't be created; trying again in {Pause}: {Reason}")]
    private partial void LogNotConnected(TimeSpan pause, string reason);
}
