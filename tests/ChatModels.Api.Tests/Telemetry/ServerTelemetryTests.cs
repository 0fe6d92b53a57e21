using System.Diagnostics.Metrics;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Telemetry;

/// <summary>What the Api measures of its requests is what ASP.NET Core would have measured, which in these tests is asked to measure them too.</summary>
public sealed class ServerTelemetryTests
{
    private const string Name = "http.server.request.duration";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task EachRequest_IsMeasuredOnce_WithTheTagsOfTheFramework(string buffered)
    {
        await using var api = await StartAsync(buffered);
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.Completion("Hello."));
        using var own = OwnOf(api);
        using var framework = FrameworkOf(api);
        for (var i = 0; i < 40; i++)
        {
            using var response = await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(), Ct);
            Assert.Equal(200, (int)response.StatusCode);
        }

        await api.Client.GetAsync("/v1/models", Ct);
        await api.Client.GetAsync("/nowhere", Ct);
        await own.WaitForMeasurementsAsync(42, TimeSpan.FromSeconds(10));
        await Task.Delay(TimeSpan.FromSeconds(1), Ct); // Were one recorded twice, it would be there by then.

        Assert.Equal(TextOf(framework), TextOf(own));
        Assert.Equal(42, own.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public async Task ADuration_IsALittleShorterThanTheFrameworks()
    {
        await using var api = await StartAsync("true");
        await using var chat = await ChatFixture.StartAsync(api, async (http, body) =>
        {
            await Task.Delay(200, http.RequestAborted);
            await UpstreamReply.Completion("Hello.")(http, body);
        });
        using var own = OwnOf(api);
        using var framework = FrameworkOf(api);

        await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(), Ct);
        await own.WaitForMeasurementsAsync(1, TimeSpan.FromSeconds(10));
        await framework.WaitForMeasurementsAsync(1, TimeSpan.FromSeconds(10));

        Assert.InRange(own.LastMeasurement!.Value, 0.19, framework.LastMeasurement!.Value);
    }

    [Fact]
    public async Task AFailure_IsMeasuredOnceToo_WithoutWaiting()
    {
        await using var api = await StartAsync("true");
        await using var chat = await ChatFixture.StartAsync(api, null);
        using var own = OwnOf(api);

        using var refused = await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"nobody","messages":[]}""", Ct);
        using var wrong = await api.Client.SendAsync(HttpMethod.Post, "/v1/embeddings", "no JSON", Ct);
        using var failed = await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(), Ct);
        await own.WaitForMeasurementsAsync(3, TimeSpan.FromSeconds(10));

        Assert.Equal(
            [("/v1/chat/completions", 404, null), ("/v1/embeddings", 400, null), ("/v1/chat/completions", 502, "502")],
            own.GetMeasurementSnapshot().Select(m => ((string)m.Tags["http.route"]!, (int)m.Tags["http.response.status_code"]!, (string?)m.Tags.GetValueOrDefault("error.type"))));
    }

    [Fact]
    public async Task Probes_AreNotMeasured()
    {
        await using var api = await StartAsync("false");
        using var own = OwnOf(api);

        await api.Client.GetAsync("/health", Ct);
        await api.Client.GetAsync("/alive", Ct);
        await api.Client.GetAsync("/v1/models", Ct);
        await own.WaitForMeasurementsAsync(1, TimeSpan.FromSeconds(10));

        Assert.StartsWith("/v1/models", (string)Assert.Single(own.GetMeasurementSnapshot()).Tags["http.route"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMethodThatNobodyKnows_IsOneOfThem()
    {
        await using var api = await StartAsync("false");
        using var own = OwnOf(api);

        using var response = await api.Client.SendAsync(new HttpMethod("BREW"), "/v1/models", "", Ct);
        await own.WaitForMeasurementsAsync(1, TimeSpan.FromSeconds(10));

        Assert.Equal("_OTHER", own.LastMeasurement!.Tags["http.request.method"]);
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

    private static MetricCollector<double> OwnOf(TestApi api) => new(api.Services.GetRequiredService<IMeterFactory>(), "ChatModels", Name);

    private static MetricCollector<double> FrameworkOf(TestApi api) => new(api.Services.GetRequiredService<IMeterFactory>(), "Microsoft.AspNetCore.Hosting", Name);

    // Without the one tag that no convention has.
    private static string[] TextOf(MetricCollector<double> collector) =>
    [
        .. collector.GetMeasurementSnapshot()
            .Select(m => string.Join(' ', m.Tags.Where(t => t.Key != "aspnetcore.request.is_unhandled").OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}")))
            .Order(StringComparer.Ordinal),
    ];
}
