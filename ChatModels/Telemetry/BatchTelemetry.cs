using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ChatModels.Telemetry;

/// <summary>Span and metrics of one try of one line of a batch. The span stands alone and links to the request that created the batch, which may be a day old.</summary>
internal sealed class BatchTelemetry : IDisposable
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);
    private static readonly Meter Meter = new(TelemetryNames.Source);

    private static readonly Counter<long> Lines = Meter.CreateCounter<long>(
        TelemetryNames.Batches.Lines, "{line}", "Lines of batches that got their result: completed, failed, or dropped since there was one already.");

    private static readonly Counter<long> LeaseLosses = Meter.CreateCounter<long>(
        TelemetryNames.Batches.LeaseLosses, "{lease}", "Claims that were another's, or nobody's, when they were to be renewed.");

    private static readonly UpDownCounter<long> Calls = Meter.CreateUpDownCounter<long>(TelemetryNames.Batches.Calls, "{call}", "Calls under way for lines of batches.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        TelemetryNames.Batches.LineDuration, "s", "Duration of one try of a line.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Activity? _span;

    private BatchTelemetry(TimeProvider time, Activity? span) => (_time, _started, _span) = (time, time.GetTimestamp(), span);

    /// <summary>Begins a try; its span is the current one until the try is disposed.</summary>
    public static BatchTelemetry BeginLine(string batch, int line, string? traceParent, TimeProvider time)
    {
        Calls.Add(1);
        return new BatchTelemetry(time, Source.HasListeners() ? Start(batch, line, traceParent) : null);
    }

    /// <summary>The trace of this try, where it has a span that is recorded or might be.</summary>
    public string? TraceId => _span?.TraceId.ToHexString();

    /// <summary>Counts a line that got its result.</summary>
    public static void Answered(bool isFirst, bool isGood) =>
        Lines.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Batches.Outcome, !isFirst ? "dropped" : isGood ? "completed" : "failed"));

    /// <summary>Counts a claim that was lost; <paramref name="work"/> says of what: a chunk, the validation or the finishing.</summary>
    public static void LeaseLost(string work) => LeaseLosses.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Batches.Work, work));

    public void End(int status, string? error)
    {
        Durations.Record(_time.GetElapsedTime(_started).TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.Batches.Outcome, error ?? "completed"));
        _span?.SetTag(TelemetryNames.General.HttpStatus, status);
        _span?.End(error);
    }

    public void Dispose()
    {
        Calls.Add(-1);
        _span?.Dispose();
    }

    private static Activity? Start(string batch, int line, string? traceParent)
    {
        ActivityTagsCollection tags = new() { { TelemetryNames.Batches.Id, batch }, { TelemetryNames.Batches.Line, line } };
        ActivityLink[] links = ActivityContext.TryParse(traceParent, null, out var creation) ? [new ActivityLink(creation)] : [];
        Activity.Current = null;
        return Source.StartActivity(TelemetryNames.Batches.LineSpan, ActivityKind.Internal, parentContext: default, tags, links);
    }
}
