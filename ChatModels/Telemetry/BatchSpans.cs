using System.Diagnostics;

namespace ChatModels.Telemetry;

/// <summary>Spans of whole batches and of files. A batch's hang on the request that created it, however much later they begin and in whatever process.</summary>
internal static class BatchSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <summary>A piece of work on a batch that one worker does: looks at its input, or puts its results together.</summary>
    public static Activity? StartWork(string name, string batch, string? traceParent) => Source.HasListeners()
        ? Source.StartActivity(name, ActivityKind.Internal, Creation(traceParent), new ActivityTagsCollection { { TelemetryNames.Batches.Id, batch } })
        : null;

    /// <summary>The whole batch, told by whoever ended it: from its creation to now.</summary>
    public static void End(string batch, string? traceParent, DateTimeOffset created, DateTimeOffset now, in BatchEnd end)
    {
        if (!Source.HasListeners())
        {
            return;
        }

        ActivityTagsCollection tags = new()
        {
            { TelemetryNames.Batches.Id, batch },
            { TelemetryNames.Batches.Status, end.Status },
            { TelemetryNames.Batches.Completed, end.Completed },
            { TelemetryNames.Batches.Failed, end.Failed },
        };
        var span = Source.StartActivity(TelemetryNames.Batches.Span, ActivityKind.Internal, Creation(traceParent), tags, links: null, created);
        span?.SetEndTime(now.UtcDateTime);
        span?.End(end.Error);
    }

    /// <summary>An upload, under the request that brings it.</summary>
    public static Activity? StartUpload() => Source.StartActivity(TelemetryNames.Files.UploadSpan);

    public static void EndUpload(this Activity upload, string? file, long? bytes, string? error)
    {
        upload.SetTag(TelemetryNames.Files.Id, file);
        upload.SetTag(TelemetryNames.Files.Size, bytes);
        upload.End(error);
    }

    private static ActivityContext Creation(string? traceParent) => ActivityContext.TryParse(traceParent, null, isRemote: true, out var creation) ? creation : default;
}

/// <summary>How a batch ended.</summary>
internal readonly record struct BatchEnd(string Status, int Completed, int Failed, string? Error);
