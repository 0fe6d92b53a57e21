using System.Text.Json.Serialization;
using ChatModels.Chat.Health;
using ChatModels.Chat.Routing;
using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>Deployments as one replica sees them: health is each replica's own experience.</summary>
internal sealed record DeploymentHealthList(long Revision, string ReplicaId, IReadOnlyList<DeploymentHealthView> Deployments);

/// <summary>How one deployment stands.</summary>
internal sealed record DeploymentHealthView
{
    /// <summary>The model that it serves.</summary>
    public required string Model { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own name for the model.</summary>
    public required string UpstreamModel { get; init; }

    /// <summary>The lowest number is used first.</summary>
    public required int Priority { get; init; }

    /// <summary>Its share among those of the same priority.</summary>
    public required int Weight { get; init; }

    /// <summary>Whether requests go there.</summary>
    [JsonConverter(typeof(CamelCaseEnum<DeploymentState>))]
    public required DeploymentState State { get; init; }

    /// <summary>Why it cools down: an error code, <c>provider_unhealthy</c> where a probe said so.</summary>
    public string? Reason { get; init; }

    /// <summary>When its cooldown ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Attempts at it since this replica knows it.</summary>
    public required long Attempts { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failures { get; init; }

    /// <summary>Those that failed since the last one that did not.</summary>
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Requests that the provider is answering under its limit; absent where it has none.</summary>
    public int? InFlight { get; init; }

    /// <summary>Requests that wait for a place at the provider; absent where it has no limit.</summary>
    public int? Waiting { get; init; }

    /// <summary>The provider's limit in one replica.</summary>
    public int? MaxConcurrency { get; init; }

    public static DeploymentHealthView Of(ModelEntry model, Deployment deployment, DeploymentTable table)
    {
        var report = table.Report(new DeploymentKey(model.Id, deployment.Provider.Id, deployment.Config.Model));
        var limit = deployment.Provider.Config.MaxConcurrency;
        var gate = limit is null ? null : table.ProviderOf(deployment.Provider.Id).Gate;
        return new DeploymentHealthView
        {
            Model = model.Id,
            Provider = deployment.Provider.Id,
            UpstreamModel = deployment.Config.Model,
            Priority = deployment.Config.Priority,
            Weight = deployment.Config.Weight,
            State = StateOf(model, deployment, report),
            Reason = report.Reason,
            Until = report.Until,
            Attempts = report.Attempts,
            Failures = report.Failures,
            ConsecutiveFailures = report.ConsecutiveFailures,
            InFlight = gate?.Inside,
            Waiting = gate?.Waiting,
            MaxConcurrency = limit,
        };
    }

    private static DeploymentState StateOf(ModelEntry model, Deployment deployment, HealthReport report) =>
        !model.Config.Enabled || !deployment.Provider.Config.Enabled ? DeploymentState.Disabled
        : !deployment.IsServable ? DeploymentState.Unusable
        : report.Availability switch
        {
            Availability.Cooling => DeploymentState.Cooling,
            Availability.HalfOpen => DeploymentState.HalfOpen,
            _ => DeploymentState.Ready,
        };
}

/// <summary>Whether requests go to a deployment.</summary>
internal enum DeploymentState
{
    /// <summary>They do.</summary>
    Ready,

    /// <summary>The next one decides whether it is back.</summary>
    HalfOpen,

    /// <summary>It kept failing, and gets none while there is another.</summary>
    Cooling,

    /// <summary>It, or its model, is switched off.</summary>
    Disabled,

    /// <summary>The answering replica can't use it.</summary>
    Unusable,
}
