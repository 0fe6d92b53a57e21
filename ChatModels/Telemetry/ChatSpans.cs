using System.Diagnostics;

namespace ChatModels.Telemetry;

/// <summary>The spans of the chat path: one INTERNAL for the request, one CLIENT below it for each attempt.</summary>
internal static class ChatSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    private static object _lastRevision = 0L;

    /// <summary>Whether anybody listens; else not even a name is made up.</summary>
    public static bool Enabled => Source.HasListeners();

    public static Activity? StartRequest(SpanHead head, bool stream, long revision)
    {
        var span = Start(head, ActivityKind.Internal, stream);
        if (span is { IsAllDataRequested: true })
        {
            span.AddTag(TelemetryNames.Own.Revision, Boxed(revision));
        }

        return span;
    }

    public static Activity? StartAttempt(SpanHead head, string providerId, bool stream, int number, in AttemptReason reason)
    {
        var span = Start(head, ActivityKind.Client, stream);
        if (span is not { IsAllDataRequested: true })
        {
            return span;
        }

        span.AddTag(TelemetryNames.Own.Provider, providerId);
        span.AddTag(TelemetryNames.Own.Attempt, SpanValues.Of(number));
        span.AddTag(TelemetryNames.Own.Choice, reason.Choice);
        if (reason.Cooling > 0)
        {
            span.AddTag(TelemetryNames.Own.SkippedCooling, SpanValues.Of(reason.Cooling));
        }

        if (reason.Busy > 0)
        {
            span.AddTag(TelemetryNames.Own.SkippedBusy, SpanValues.Of(reason.Busy));
        }

        return span;
    }

    /// <summary>Where a provider is, as far as it is anywhere.</summary>
    public static void AddAddress(ActivityTagsCollection tags, Uri? endpoint)
    {
        if (endpoint is { IsAbsoluteUri: true })
        {
            tags.Add(TelemetryNames.General.ServerAddress, endpoint.Host);
            tags.Add(TelemetryNames.General.ServerPort, endpoint.Port);
        }
    }

    /// <summary>Ends a span with its outcome; a caller who went away is named, and is no error of anybody.</summary>
    public static void End(this Activity activity, string? error)
    {
        if (error is not null && activity.IsAllDataRequested)
        {
            activity.SetTag(TelemetryNames.General.ErrorType, error);
            if (error != ErrorCodes.ClientClosed)
            {
                activity.SetStatus(ActivityStatusCode.Error, error);
            }
        }

        activity.Dispose();
    }

    // Samplers are shown what the conventions have them shown; whoever they turn down pays for nothing else.
    private static Activity? Start(SpanHead head, ActivityKind kind, bool stream)
    {
        var span = Source.StartActivity(head.Name, kind, parentContext: default, head.Tags);
        if (stream && span is { IsAllDataRequested: true })
        {
            span.AddTag(TelemetryNames.GenAI.RequestStream, SpanValues.True);
        }

        return span;
    }

    /// <summary>The revision as an object: thousands of requests have the same.</summary>
    private static object Boxed(long revision)
    {
        var last = _lastRevision;
        return last is long known && known == revision ? last : _lastRevision = revision;
    }
}

/// <summary>Where an attempt goes, for telemetry.</summary>
internal readonly record struct AttemptTarget(string ProviderId, string ProviderName, Uri? Endpoint)
{
    /// <summary>What metrics call the provider.</summary>
    public string MetricProvider { get; init; } = ProviderId;

    /// <summary>What metrics call the model.</summary>
    public string MetricModel { get; init; } = TelemetryNames.Other;
}

/// <summary>Why an attempt goes there, from <see cref="TelemetryNames.Choice"/>, and how many deployments were passed over because they cool down, or their provider is at its limit.</summary>
internal readonly record struct AttemptReason(string Choice, int Cooling, int Busy);
