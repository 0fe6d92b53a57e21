using System.Diagnostics.Metrics;
using ChatModels.Registry.Sync;
using ChatModels.Telemetry;
using Names = ChatModels.Telemetry.TelemetryNames.Registry;

namespace ChatModels.Registry;

/// <summary>What the registry tells about itself as numbers.</summary>
internal sealed class RegistryMetrics : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Source);
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _writes;

    public RegistryMetrics(LiveRegistry live)
    {
        _refreshes = _meter.CreateCounter<long>(Names.Refreshes, "{comparison}", "Comparisons with the store, by outcome.");
        _writes = _meter.CreateCounter<long>(Names.Writes, "{write}", "Writes through this process, by outcome: 'ok' or an error code.");
        _meter.CreateObservableGauge(Names.Revision, () => live.Current.Head is { Revision: var revision } ? new[] { new Measurement<long>(revision) } : [], null, "The revision that serves.");
        _meter.CreateObservableGauge(Names.Age, () => live.Status.Age is { } age ? new[] { new Measurement<double>(age.TotalSeconds) } : [], "s", "Time since the store confirmed that revision.");
        _meter.CreateObservableGauge(Names.State, () => States(live.Status.State), null, "1 for the state that the registry is in, 0 for the others.");
    }

    public void Refreshed(SyncOutcome outcome) => _refreshes.Add(1, new KeyValuePair<string, object?>(Names.Outcome, outcome switch
    {
        SyncOutcome.AtHead => "ok",
        SyncOutcome.Empty => "empty",
        SyncOutcome.Unavailable => "unavailable",
        SyncOutcome.Rejected => "rejected",
        _ => "diverged",
    }));

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
