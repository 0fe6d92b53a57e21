using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ChatModels.ServiceDefaults.Redis;

/// <summary>
/// Says whether Redis answers, within a deadline of its own: the client alone waits about six seconds for a server that hangs. Never Unhealthy, because
/// a replica serves on from its last snapshot while Redis is away, and taking all of them out of rotation at once would be the outage.
/// </summary>
internal sealed partial class RedisHealthCheck(RedisConnecting connecting, TimeProvider time, ILogger<RedisHealthCheck> logger) : IHealthCheck
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private string? _loggedTrouble;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (connecting.Connection is not { } connection)
        {
            return HealthCheckResult.Degraded("connecting");
        }

        var trouble = await FindTroubleAsync(connection, cancellationToken);
        LogChange(trouble);
        return trouble is null ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(trouble);
    }

    private async Task<string?> FindTroubleAsync(IConnectionMultiplexer connection, CancellationToken cancellationToken)
    {
        if (!connection.IsConnected)
        {
            return connecting.LastFailure is { } failure ? $"not connected ({failure})" : "not connected";
        }

        var ping = connection.GetDatabase().PingAsync(CommandFlags.DemandMaster);
        try
        {
            await ping.WaitAsync(Deadline, time, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            _ = ping.ContinueWith(static late => late.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
            return $"no answer within {Deadline.TotalSeconds:0.#} s";
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Of whatever kind: a connection that dies meanwhile fails the command with what the client's reader happened to throw.
            return exception.GetType().Name;
        }
    }

    // A line for each change; probes come every few seconds and outages last.
    private void LogChange(string? trouble)
    {
        if (Interlocked.Exchange(ref _loggedTrouble, trouble) == trouble)
        {
            return;
        }

        if (trouble is null)
        {
            LogAnswers();
        }
        else
        {
            LogDegraded(trouble);
        }
    }

    [LoggerMessage(6001, LogLevel.Warning, "Redis is degraded: {Trouble}")]
    private partial void LogDegraded(string trouble);

    [LoggerMessage(6002, LogLevel.Information, "Redis answers again")]
    private partial void LogAnswers();
}
