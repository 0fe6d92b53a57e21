using ChatModels.Registry.Sync;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChatModels.Registry;

/// <summary>Ready once there is a snapshot, and never again dependent on the store: one that is down must not take the fleet down.</summary>
internal sealed class RegistryHealthCheck(LiveRegistry live) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = live.Status;
        return Task.FromResult(status.State switch
        {
            RegistryState.Live => HealthCheckResult.Healthy(),
            RegistryState.Loading => HealthCheckResult.Unhealthy($"The registry is not loaded: {status.Reason}"),
            _ => HealthCheckResult.Degraded($"Serving revision {status.Head?.Revision}: {status.Reason}"),
        });
    }
}
