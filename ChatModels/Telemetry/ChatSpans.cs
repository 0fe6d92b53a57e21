using System.Diagnostics;

namespace ChatModels.Telemetry;

/// <summary>The spans of the chat path: one INTERNAL for the request, one CLIENT below it for each attempt.</summary>
internal static class ChatSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    // Boxed once: spans take objects.
    private static readonly object True = true;

    public static Activity? StartRequest(string operation, string model, bool stream, long revision)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityTagsCollection tags = new()
        {
            { TelemetryNames.GenAI.OperationName, operation },
            { TelemetryNames.GenAI.RequestModel, model },
            { TelemetryNames.Own.Revision, revision },
        };
        return Start(operation, ActivityKind.Internal, model, stream, tags);
    }

    public static Activity? StartAttempt(string operation, AttemptTarget target, string model, bool stream, int number, in AttemptReason reason)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityTagsCollection tags = new()
        {
            { TelemetryNames.GenAI.OperationName, operation },
            { TelemetryNames.GenAI.ProviderName, target.ProviderName },
            { TelemetryNames.GenAI.RequestModel, model },
            { TelemetryNames.Own.Provider, target.ProviderId },
            { TelemetryNames.Own.Attempt, number },
            { TelemetryNames.Own.Choice, reason.Choice },
        };
        if (reason.Cooling > 0)
        {
            tags.Add(TelemetryNames.Own.SkippedCooling, reason.Cooling);
        }

        if (reason.Busy > 0)
        {
            tags.Add(TelemetryNames.Own.SkippedBusy, reason.Busy);
        }

        AddAddress(tags, target.Endpoint);
        return Start(operation, ActivityKind.Client, model, stream, tags);
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
        if (error is not null)
        {
            activity.SetTag(TelemetryNames.General.ErrorType, error);
            if (error != ErrorCodes.ClientClosed)
            {
                activity.SetStatus(ActivityStatusCode.Error, error);
            }
        }

        activity.Dispose();
    }

    private static Activity? Start(string operation, ActivityKind kind, string model, bool stream, ActivityTagsCollection tags)
    {
        if (stream)
        {
            tags.Add(TelemetryNames.GenAI.RequestStream, True);
        }

        return Source.StartActivity($"{operation} {model}", kind, parentContext: default, tags);
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
