using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Telemetry;

/// <summary>What the Api records on ASP.NET Core's instrument is what ASP.NET Core would have recorded there.</summary>
public sealed class ServerDurationsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task EachRequest_IsMeasuredOnce_WithTheTagsOfTheFramework(string buffered)
    {
        await using var api = await StartAsync(buffered);
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.Completion("Hello."));
        using var durations = CollectorOf(api);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 40; i++)
        {
            using var response = await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(), Ct);
            Assert.Equal(200, (int)response.StatusCode);
        }

        var longest = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await api.Client.GetAsync("/v1/models", Ct);
        await durations.WaitForMeasurementsAsync(41, TimeSpan.FromSeconds(10));
        await Task.Delay(TimeSpan.FromSeconds(1), Ct); // Were one recorded twice, it would be there by then.

        var all = durations.GetMeasurementSnapshot();
        var framework = Assert.Single(all, m => ((string)m.Tags["http.route"]!).StartsWith("/v1/models", StringComparison.Ordinal));
        var own = all.Where(m => m != framework).ToList();
        Assert.Equal(40, own.Count);
        Assert.All(own, m => Assert.InRange(m.Value, double.Epsilon, longest));
        var expected = new Dictionary<string, object?>(framework.Tags) { ["http.route"] = "/v1/chat/completions", ["http.request.method"] = "POST" };
        Assert.All(own, m => Assert.Equivalent(expected, m.Tags, strict: true));
    }

    [Fact]
    public async Task AFailure_IsMeasuredOnceToo_WithoutWaiting()
    {
        await using var api = await StartAsync("true");
        using var durations = CollectorOf(api);

        using var refused = await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"nobody","messages":[]}""", Ct);
        using var wrong = await api.Client.SendAsync(HttpMethod.Post, "/v1/embeddings", "no JSON", Ct);
        await durations.WaitForMeasurementsAsync(2, TimeSpan.FromSeconds(10));

        Assert.Equal(
            [("/v1/chat/completions", 404), ("/v1/embeddings", 400)],
            durations.GetMeasurementSnapshot().Select(m => ((string)m.Tags["http.route"]!, (int)m.Tags["http.response.status_code"]!)));
    }

    private static async Task<TestApi> StartAsync(string buffered)
    {
        var api = await TestApi.StartAsync(Ct, settings: new Dictionary<string, string?>
        {
            ["ChatModels:Registry:Store"] = "memory",
            ["ChatModels:Telemetry:Buffered"] = buffered,
        });
        await api.UntilReadyAsync(Ct);
        return api;
    }

    private static MetricCollector<double> CollectorOf(TestApi api) =>
        new(api.Services.GetRequiredService<IMeterFactory>(), "Microsoft.AspNetCore.Hosting", "http.server.request.duration");
}
