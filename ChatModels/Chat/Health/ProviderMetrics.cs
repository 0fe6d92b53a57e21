using System.Diagnostics.Metrics;
using ChatModels.Telemetry;
using Microsoft.Extensions.Hosting;
using Names = ChatModels.Telemetry.TelemetryNames.Providers;

namespace ChatModels.Chat.Health;

/// <summary>How the providers are, as numbers that are only looked for when somebody asks; the requests' path knows nothing of it.</summary>
internal sealed class ProviderMetrics(DeploymentTable table, MetricNames names, TimeProvider time) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Source);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Observe(Names.Active, "{request}", "Attempts under way at a provider.", () => table.Deployments.Select(d => (d.Key.Provider, (long)d.UnderWay)));
        Observe(Names.Queue, "{request}", "Requests that wait for a place at a provider.", () => table.Providers.Select(p => (p.Id, (long)p.Gate.Waiting)));
        Observe(Names.Cooldowns, "{deployment}", "Deployments that are left alone for a while.", Cooling);
        _meter.CreateObservableGauge(Names.Health, Health, null, "0 while a probe says that a provider is down, else 1.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<(string, long)> Cooling()
    {
        var now = time.GetTimestamp();
        return table.Deployments.Select(d => (d.Key.Provider, d.At(now) == Availability.Cooling ? 1L : 0));
    }

    // Of several that share a name the worst speaks.
    private IEnumerable<Measurement<int>> Health()
    {
        var now = time.GetTimestamp();
        return table.Providers.GroupBy(p => names.Provider(p.Id), p => p.IsDown(now) ? 0 : 1).Select(p => Of(p.Key, p.Min()));
    }

    private void Observe(string name, string unit, string description, Func<IEnumerable<(string Provider, long Value)>> values) =>
        _meter.CreateObservableUpDownCounter(
            name, () => values().GroupBy(v => names.Provider(v.Provider), v => v.Value).Select(p => Of(p.Key, p.Sum())), unit, description);

    private static Measurement<T> Of<T>(string provider, T value)
        where T : struct =>
        new(value, new KeyValuePair<string, object?>(TelemetryNames.Own.Provider, provider));
}
