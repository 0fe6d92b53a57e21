using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Probing;

/// <summary>Asks one provider whether it answers, by a request that nobody bills.</summary>
internal sealed partial class ProviderProbe(ReplicaIdentity replica, IOptions<ProbeOptions> options, TimeProvider time, ILogger<ProviderProbe> logger)
{
    private const int LongestReason = 500;

    /// <summary>What it says; null when it was replaced meanwhile.</summary>
    public async Task<ProbeRecord?> AskAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        using var span = ProviderTelemetry.StartProbe(new(provider.Id, provider.Slot!.TelemetryName, provider.Slot.Endpoint));
        try
        {
            var result = await MeasureAsync(provider, cancellationToken);
            span?.SetTag(TelemetryNames.Providers.Verdict, result is null ? "replaced" : WordOf(result.Verdict));
            span?.End(result?.Verdict == ProbeVerdict.Down ? ErrorCodes.ProviderUnhealthy : null);
            return result;
        }
        catch (OperationCanceledException)
        {
            span?.End(ErrorCodes.ClientClosed);
            throw;
        }
    }

    private static string WordOf(ProbeVerdict verdict) => verdict switch
    {
        ProbeVerdict.Up => "up",
        ProbeVerdict.Down => "down",
        _ => "inconclusive",
    };

    private async Task<ProbeRecord?> MeasureAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        if (await CheckAsync(provider, cancellationToken) is not { } health)
        {
            return null;
        }

        return new ProbeRecord
        {
            Verdict = health.Healthy ? ProbeVerdict.Up : health.IsInconclusive ? ProbeVerdict.Inconclusive : ProbeVerdict.Down,
            Reason = health.Reason is { Length: > LongestReason } ? health.Reason[..LongestReason] : health.Reason,
            At = at,
            DurationMs = Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1),
            By = replica.Id,
        };
    }

    private async Task<ProviderHealth?> CheckAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var lease = await provider.Slot!.AcquireAsync(stop.Token);
            if (lease.Provider is null)
            {
                return null;
            }

            // The share ends with the check itself: one that does not heed its token must not find its provider disposed.
            var check = CheckAndReleaseAsync(lease, stop.Token);
            return await check.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ProviderHealth(false, $"It did not answer within {options.Value.Timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception exception) when (exception is ChatModelsException or HttpRequestException or IOException)
        {
            return new ProviderHealth(false, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception, provider.Id);
            return new ProviderHealth(false, "Its health check failed unexpectedly; the log of the replica that asked has the cause.");
        }
    }

    private static async Task<ProviderHealth> CheckAndReleaseAsync(ProviderLease lease, CancellationToken cancellationToken)
    {
        using (lease)
        {
            return await lease.Provider!.CheckHealthAsync(cancellationToken);
        }
    }

    [LoggerMessage(3222, LogLevel.Error, "The health check of provider {ProviderId} failed unexpectedly")]
    private partial void LogFailed(Exception exception, string providerId);
}
