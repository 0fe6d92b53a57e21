using System.Diagnostics.Metrics;
using ChatModels.Registry.Sync;
using ChatModels.Telemetry;
using Names = ChatModels.Telemetry.TelemetryNames.Registry;

namespace ChatModels.Registry;

/// <summary>What the registry tells about itself as numbers.</summary>
internal sealed class RegistryMetrics : IDisposable
{
    // A comparison on a quiet network is below a millisecond, a full read of a large registry at hundreds, and the deadline of a read at seconds.
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] };

    private readonly Meter _meter = new(TelemetryNames.Source);
    private readonly Histogram<double> _refreshes;
    private readonly Counter<long> _writes;

    public RegistryMetrics(LiveRegistry live)
    {
        _refreshes = _meter.CreateHistogram(
            Names.RefreshDuration, "s", "Duration of a comparison with the store and of what it made necessary to read, by outcome.", tags: null, Durations);
        _writes = _meter.CreateCounter<long>(Names.Writes, "{write}", "Writes through this process, by outcome: 'ok' or an error code.");
        _meter.CreateObservableGauge(Names.Revision, () => live.Current.Head is { Revision: var revision } ? new[] { new Measurement<long>(revision) } : [], null, "The revision that serves.");
        _meter.CreateObservableGauge(Names.Age, () => live.Status.Age is { } age ? new[] { new Measurement<double>(age.TotalSeconds) } : [], "s", "Time since the store confirmed that revision.");
        _meter.CreateObservableGauge(Names.Models, () => live.Current.ModelTable.Count, "{model}", "Models in the revision that serves.");
        _meter.CreateObservableGauge(Names.Providers, () => live.Current.ProviderTable.Count, "{provider}", "Providers in the revision that serves.");
        _meter.CreateObservableGauge(Names.State, () => States(live.Status.State), null, "1 for the state that the registry is in, 0 for the others.");
    }

    public void Refreshed(SyncOutcome outcome, TimeSpan took) => _refreshes.Record(took.TotalSeconds, new KeyValuePair<string, object?>(Names.Outcome, outcome.Word));

    public void Written(RegistryResult result) => _writes.Add(1, new KeyValuePair<string, object?>(Names.Outcome, result.Failure?.Code ?? "ok"));

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> States(RegistryState now)
    {
        yield return Of("loading", now == RegistryState.Loading);
        yield return Of("live", now == RegistryState.Live);
        yield return Of("stale", now == RegistryState.Stale);
        yield return Of("diverged", now == RegistryState.Diverged);
    }

    private static Measurement<int> Of(string state, bool isNow) => new(isNow ? 1 : 0, new KeyValuePair<string, object?>(Names.State, state));
}
