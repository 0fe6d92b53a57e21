using ChatModels.Telemetry;
using Microsoft.Extensions.Logging;

namespace ChatModels.Chat.Health;

/// <summary>Tells of every change of a deployment's state, once.</summary>
internal sealed partial class HealthLog(MetricNames names, ILogger<HealthLog> logger)
{
    public void Cooling(DeploymentKey deployment, string reason, TimeSpan length)
    {
        Count(deployment, "cooling", reason);
        LogCooling(deployment.UpstreamModel, deployment.Provider, deployment.Model, length, reason);
    }

    public void Recovered(DeploymentKey deployment, string by)
    {
        Count(deployment, "ready", null);
        LogRecovered(deployment.UpstreamModel, deployment.Provider, deployment.Model, by);
    }

    private void Count(DeploymentKey deployment, string state, string? reason)
    {
        if (ChatMetrics.DeploymentChanges.Enabled)
        {
            ChatMetrics.DeploymentChanges.Add(
                1,
                new(TelemetryNames.Own.Provider, names.Provider(deployment.Provider)),
                new(TelemetryNames.GenAI.RequestModel, names.Model(deployment.Model)),
                new(TelemetryNames.Own.DeploymentState, state),
                new(TelemetryNames.General.ErrorType, reason));
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "Deployment {UpstreamModel} at provider {ProviderId}, which serves {Model}, cools down for {Length}: {Reason}")]
    private partial void LogCooling(string upstreamModel, string providerId, string model, TimeSpan length, string reason);

    [LoggerMessage(3102, LogLevel.Information, "Deployment {UpstreamModel} at provider {ProviderId}, which serves {Model}, is back; {By} said so")]
    private partial void LogRecovered(string upstreamModel, string providerId, string model, string by);
}
