using System.Diagnostics.Metrics;
using ChatModels.Telemetry;
using Names = ChatModels.Telemetry.TelemetryNames.Batches;

namespace ChatModels.Batches.Running;

/// <summary>What waits, as numbers. Every worker tells the same, of the whole installation: so the highest counts, not the sum.</summary>
internal sealed class QueueMetrics : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Source);
    private QueueStanding _now = QueueStanding.Empty;

    public QueueMetrics()
    {
        _meter.CreateObservableGauge(Names.Open, CountOpen, "{batch}", "Unfinished batches, by status.");
        _meter.CreateObservableGauge(Names.QueueDepth, () => _now.Waiting, "{line}", "Lines of unfinished batches that wait or are under way.");
        _meter.CreateObservableGauge(Names.OldestAge, () => Seconds(_now.OldestAge), "s", "Time since the oldest unfinished batch was created.");
        _meter.CreateObservableGauge(Names.TimeLeft, () => Seconds(_now.TimeLeft), "s", "Time until no line waits, at the rate of the last seconds.");
    }

    public void Tell(QueueStanding now) => _now = now;

    public void Dispose() => _meter.Dispose();

    // Each status, those of no batch too: a line that ends in the dashboard would look like one that stays.
    private IEnumerable<Measurement<int>> CountOpen() => [Of(BatchStatus.Validating), Of(BatchStatus.InProgress), Of(BatchStatus.Finalizing), Of(BatchStatus.Cancelling)];

    private Measurement<int> Of(BatchStatus status) => new(_now.Open.GetValueOrDefault(status), new KeyValuePair<string, object?>(Names.Status, status.Name()));

    private static IEnumerable<Measurement<double>> Seconds(TimeSpan? span) => span is { } known ? [new(known.TotalSeconds)] : [];
}
