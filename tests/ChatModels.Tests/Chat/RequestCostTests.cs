using ChatModels.Chat;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class RequestCostTests
{
    private static readonly ModelPricing Prices = new() { InputPerMillion = 2.5m, OutputPerMillion = 10m };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void TokensCost_WhatTheirPriceSays()
    {
        Assert.Equal(0.0075m, RequestCost.Of(Prices, new TokenUsage(1_000, 500, null, null)));
        Assert.Equal(0.0075m, RequestCost.Of(Prices, new TokenUsage(1_000, 500, 400, null)));
        Assert.Equal(0.00675m, RequestCost.Of(Prices with { CachedInputPerMillion = 0.625m }, new TokenUsage(1_000, 500, 400, null)));
        Assert.Equal(0m, RequestCost.Of(Prices, new TokenUsage(0, 0, null, null)));
    }

    [Fact]
    public void WhatIsNotKnown_IsNotNothing()
    {
        Assert.Null(RequestCost.Of(null, new TokenUsage(1, 1, null, null)));
        Assert.Null(RequestCost.Of(Prices, null));
        Assert.Null(RequestCost.Of(Prices, new TokenUsage(null, 1, null, null)));
        Assert.Null(RequestCost.Of(Prices, new TokenUsage(1, null, null, null)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARequest_CostsWhatTheModelThatServedItCosts_OnItsSpanAndAsAMetric(bool stream)
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", failing.Endpoint);
        await host.AddProviderAsync("q", good.Endpoint);
        var model = $"m-{Guid.NewGuid():N}"; // Meters are the process'; this test's measurements are told by the model.
        await host.AddModelAsync("spare", new ModelConfig { Deployments = [new() { Provider = "q", Model = "x" }], Pricing = Prices });
        await host.AddModelAsync(model, new ModelConfig { Deployments = [new() { Provider = "p", Model = "x" }], Fallbacks = ["spare"], Pricing = Prices with { InputPerMillion = 1_000 } });
        using var telemetry = new TelemetryCollector("ChatModels");
        using var costs = new MetricCollector<double>(null, "ChatModels", "chatmodels.chat.cost");

        var (reply, _) = await host.AskAsync(ChatHost.Ask(model, stream), Cancelled);

        const double Expected = ((UpstreamReply.PromptTokens * 2.5) + (UpstreamReply.CompletionTokens * 10)) / 1_000_000;
        var span = telemetry.TheOnly($"chat {model}");
        Assert.Equal((Expected, "spare"), ((double)span.GetTagItem("chatmodels.cost")!, span.GetTagItem("chatmodels.fallback")));
        Assert.Equal(Expected, Assert.Single(costs.GetMeasurementSnapshot(), m => Equals(m.Tags["gen_ai.request.model"], model)).Value, 12);
        Assert.Equal(stream ? null : (decimal)Expected, reply.Cost);
    }

    [Fact]
    public async Task UnknownUsage_HasNoCost()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json("""{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}"""), Cancelled);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync("m", new ModelConfig { Deployments = [new() { Provider = "p", Model = "x" }], Pricing = Prices });
        using var telemetry = new TelemetryCollector("ChatModels");

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Null(reply.Cost);
        Assert.Null(telemetry.TheOnly("chat m").GetTagItem("chatmodels.cost"));
    }
}
