using System.Diagnostics;

namespace ChatModels.Telemetry;

/// <summary>The spans of the chat path: one INTERNAL for the request, one CLIENT below it for each attempt.</summary>
internal static class ChatSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    // Boxed once: spans take objects.
    private static readonly object True = true;
    private static readonly object[] Numbers = [.. Enumerable.Range(0, 8).Select(number => (object)number)];

    public static Activity? StartRequest(string operation, string model, bool stream, long revision)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity(
            $"{operation} {model}", ActivityKind.Internal, parentContext: default,
            stream
                ? [new(TelemetryNames.GenAI.OperationName, operation), new(TelemetryNames.GenAI.RequestModel, model), new(TelemetryNames.Own.Revision, revision), new(TelemetryNames.GenAI.RequestStream, True)]
                : [new(TelemetryNames.GenAI.OperationName, operation), new(TelemetryNames.GenAI.RequestModel, model), new(TelemetryNames.Own.Revision, revision)]);
    }

    public static Activity? StartAttempt(string operation, AttemptTarget target, string model, bool stream, int number, in AttemptReason reason)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // An array of the right size: a collection that grows would cost as much as the span itself.
        var hasAddress = target.Endpoint is { IsAbsoluteUri: true };
        var tags = new KeyValuePair<string, object?>[6 + (hasAddress ? 2 : 0) + (stream ? 1 : 0) + (reason.Cooling > 0 ? 1 : 0) + (reason.Busy > 0 ? 1 : 0)];
        tags[0] = new(TelemetryNames.GenAI.OperationName, operation);
        tags[1] = new(TelemetryNames.GenAI.ProviderName, target.ProviderName);
        tags[2] = new(TelemetryNames.GenAI.RequestModel, model);
        tags[3] = new(TelemetryNames.Own.Provider, target.ProviderId);
        tags[4] = new(TelemetryNames.Own.Attempt, number < Numbers.Length ? Numbers[number] : number);
        tags[5] = new(TelemetryNames.Own.Choice, reason.Choice);
        var count = 6;
        if (hasAddress)
        {
            tags[count++] = new(TelemetryNames.General.ServerAddress, target.Endpoint!.Host);
            tags[count++] = new(TelemetryNames.General.ServerPort, target.Port);
        }

        if (stream)
        {
            tags[count++] = new(TelemetryNames.GenAI.RequestStream, True);
        }

        if (reason.Cooling > 0)
        {
            tags[count++] = new(TelemetryNames.Own.SkippedCooling, reason.Cooling);
        }

        if (reason.Busy > 0)
        {
            tags[count] = new(TelemetryNames.Own.SkippedBusy, reason.Busy);
        }

        return Source.StartActivity($"{operation} {model}", ActivityKind.Client, parentContext: default, tags);
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
}

/// <summary>Where an attempt goes, for telemetry.</summary>
internal readonly record struct AttemptTarget(string ProviderId, string ProviderName, Uri? Endpoint)
{
    /// <summary>The endpoint's port, boxed once for all its spans.</summary>
    public object? Port { get; } = Endpoint is { IsAbsoluteUri: true } ? Endpoint.Port : null;

    /// <summary>What metrics call the provider.</summary>
    public string MetricProvider { get; init; } = ProviderId;

    /// <summary>What metrics call the model.</summary>
    public string MetricModel { get; init; } = TelemetryNames.Other;
}

/// <summary>Why an attempt goes there, from <see cref="TelemetryNames.Choice"/>, and how many deployments were passed over because they cool down, or their provider is at its limit.</summary>
internal readonly record struct AttemptReason(string Choice, int Cooling, int Busy);
