using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

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
        Assert.Equal(0.0000025m, RequestCost.Of(Prices, new TokenUsage(1, null, null, null) { IsInputOnly = true }));
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

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task Embeddings_CostTheirInput_HoweverLongTheAnswerIs(int numbers)
    {
        var model = $"e-{Guid.NewGuid():N}";
        var data = string.Join(',', Enumerable.Repeat("-0.125", numbers));
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        upstream.OnOther = (context, body) => UpstreamReply.Json(
            $$$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[{{{data}}}]}],"model":"e","usage":{"prompt_tokens":1000,"total_tokens":1000}}""")(context, body!);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync(model, new ModelConfig { Deployments = [new() { Provider = "p", Model = "x" }], Pricing = Prices });
        using var telemetry = new TelemetryCollector("ChatModels");
        using var costs = new MetricCollector<double>(null, "ChatModels", "chatmodels.chat.cost");
        using var tokens = new MetricCollector<long>(null, "ChatModels", "gen_ai.client.token.usage");

        var reply = await host.Pipeline.SendAsync(new ChatCall(UpstreamOperation.Embeddings, Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","input":"x"}""")), ChatSendOptions.Default, Cancelled);
        while (await reply.ReadAsync(Cancelled) is { IsEmpty: false })
        {
        }

        await reply.DisposeAsync();
        Assert.Equal(numbers == 1 ? 0.0025m : null, reply.Cost);
        Assert.Equal(0.0025, (double)telemetry.TheOnly($"embeddings {model}").GetTagItem("chatmodels.cost")!, 12);
        Assert.Equal(0.0025, Assert.Single(costs.GetMeasurementSnapshot(), m => Equals(m.Tags["gen_ai.request.model"], model)).Value, 12);
        var measured = Assert.Single(tokens.GetMeasurementSnapshot(), m => Equals(m.Tags["gen_ai.request.model"], model));
        Assert.Equal((1000L, "input"), (measured.Value, measured.Tags["gen_ai.token.type"]));
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
