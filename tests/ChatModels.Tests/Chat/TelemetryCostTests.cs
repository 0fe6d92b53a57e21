using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatModels.Telemetry;
using ChatModels.Testing;
using ChatModels.Tests.Providers;
using Xunit;

namespace ChatModels.Tests.Chat;

[Collection(typeof(MeasuredAlone))]
public sealed class TelemetryCostTests
{
    private const int Requests = 200;

    // One percent of an operation of 20 ms, which is short for a model; the requirement says five.
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(0.2);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "NFR-003")]
    public async Task Telemetry_EveryRequestTracedAndMeasured_CostsLessThanAPercentOfAnOperation()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p1", upstream.Endpoint);
        await host.AddModelAsync("m", "p1");
        await MedianAsync(host);
        await TracedAsync(host);

        var least = TimeSpan.MaxValue;
        for (var round = 0; round < 10 && least > Most; round++)
        {
            var off = await MedianAsync(host);
            var on = await TracedAsync(host);
            least = on - off < least ? on - off : least;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{least.TotalMicroseconds:0} us a request");
        Assert.InRange(least, TimeSpan.MinValue, Most);
    }

    private static async Task<TimeSpan> TracedAsync(ChatHost host)
    {
        using var spans = new TelemetryCollector(TelemetryNames.Source);
        using var metrics = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        metrics.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        metrics.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        metrics.Start();
        var median = await MedianAsync(host);
        Assert.Equal(2 * Requests, spans.Finished.Count);
        return median;
    }

    private static async Task<TimeSpan> MedianAsync(ChatHost host)
    {
        var took = new TimeSpan[Requests];
        for (var i = 0; i < Requests; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await host.AskAsync(ChatHost.Ask("m"), Cancelled);
            took[i] = Stopwatch.GetElapsedTime(started);
        }

        return took.Order().ElementAt(Requests / 2);
    }
}
