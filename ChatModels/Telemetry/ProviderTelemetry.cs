using System.Diagnostics;
using System.Diagnostics.Metrics;
using Names = ChatModels.Telemetry.TelemetryNames.Providers;

namespace ChatModels.Telemetry;

/// <summary>Spans and counter of what is done to a provider besides asking it: creating it, and probing it.</summary>
internal static class ProviderTelemetry
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);
    private static readonly Meter Meter = new(TelemetryNames.Source);

    private static readonly Counter<long> Creations = Meter.CreateCounter<long>(Names.Creations, "{creation}", "Live providers created, or not, by type.");

    public static Activity? StartCreation(in AttemptTarget target, string type)
    {
        var span = Start(Names.CreationSpan, ActivityKind.Internal, target);
        span?.SetTag(Names.Type, type);
        return span;
    }

    /// <summary>A CLIENT span: what the provider's HTTP client sends below it is told by it.</summary>
    public static Activity? StartProbe(in AttemptTarget target) => Start(Names.ProbeSpan, ActivityKind.Client, target);

    /// <summary>Counts a creation that has ended.</summary>
    public static void Created(string type, string? error)
    {
        TagList tags = new() { { Names.Type, type } };
        if (error is not null)
        {
            tags.Add(TelemetryNames.General.ErrorType, error);
        }

        Creations.Add(1, tags);
    }

    private static Activity? Start(string name, ActivityKind kind, in AttemptTarget target)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityTagsCollection tags = new() { { TelemetryNames.Own.Provider, target.ProviderId }, { TelemetryNames.GenAI.ProviderName, target.ProviderName } };
        ChatSpans.AddAddress(tags, target.Endpoint);
        return Source.StartActivity(name, kind, parentContext: default, tags);
    }
}
