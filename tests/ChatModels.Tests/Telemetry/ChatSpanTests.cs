using ChatModels.Registry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Xunit;
using static ChatModels.Tests.Telemetry.ExpectedSpans;

namespace ChatModels.Tests.Telemetry;

/// <summary>The spans of a request, whole: the request's own and one below it for each attempt.</summary>
public sealed class ChatSpanTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-010")]
    public async Task AStreamedRequest()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of("Good", " day"), Ct);
        await using var host = await HostWith(upstream.Endpoint);
        using var telemetry = new TelemetryCollector("ChatModels");
        const string Parameters = """
            "max_tokens":64,"temperature":0.5,"top_p":1,"frequency_penalty":0.1,"presence_penalty":-0.2,"seed":7,"n":1,"stop":["a","b"],"reasoning_effort":"low","user":"u"
            """;

        await host.AskAsync(ChatHost.Ask("m", stream: true).Replace("\"stream\"", $"{Parameters},\"stream\"", StringComparison.Ordinal), Ct);

        Assert.Equal(
            Of(
                Request(host, "p0", more: "gen_ai.request.stream = true"),
                Creation("p0", upstream.Endpoint),
                Answered(
                    "p0", upstream.Endpoint, 1, "only",
                    "gen_ai.request.frequency_penalty = 0.1", "gen_ai.request.max_tokens = 64", "gen_ai.request.presence_penalty = -0.2", "gen_ai.request.reasoning.level = low",
                    "gen_ai.request.seed = 7", "gen_ai.request.stop_sequences = [a, b]", "gen_ai.request.stream = true", "gen_ai.request.temperature = 0.5", "gen_ai.request.top_p = 1",
                    "gen_ai.response.time_to_first_chunk = (measured)")),
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task AFailedOverRequest()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Ct);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Ct);
        await using var host = await HostWith(failing.Endpoint, good.Endpoint);
        await host.AskAsync(ChatHost.Ask("m"), Ct);
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Equal(
            Of(
                Request(host, "p1", attempts: 2),
                Attempt("p0", failing.Endpoint, 1, "priority", "upstream_error", "http.response.status_code = 500"),
                Answered("p1", good.Endpoint, 2, "priority")),
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task ARateLimitedRequest()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 30), Ct);
        await using var host = await HostWith(upstream.Endpoint);
        await host.AskAsync(ChatHost.Ask("m"), Ct);
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Equal(
            Of(
                Request(host, "p0", error: "rate_limit_exceeded"),
                Attempt("p0", upstream.Endpoint, 1, "last_resort", "rate_limit_exceeded", "http.response.status_code = 429")),
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task AnAbortedRequest()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.HangBeforeHeaders(), Ct);
        await using var host = await HostWith(upstream.Endpoint);
        await WarmUpAsync(host, upstream);
        using var telemetry = new TelemetryCollector("ChatModels");
        using var caller = new CancellationTokenSource();
        var asking = host.AskAsync(ChatHost.Ask("m"), caller.Token);
        await upstream.NextRequestAsync(Ct);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        Assert.Equal(Of(Request(host, "p0", error: "client_closed"), Attempt("p0", upstream.Endpoint, error: "client_closed")), SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task ACutStream()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["Good"], End = StreamEnd.Cut }), Ct);
        await using var host = await HostWith(upstream.Endpoint);
        await host.AskAsync(ChatHost.Ask("m", stream: true), Ct);
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("m", stream: true), Ct);

        Assert.Equal(
            Of(
                Request(host, "p0", error: "upstream_truncated", more: "gen_ai.request.stream = true"),
                Attempt(
                    "p0", upstream.Endpoint, 1, "only", "upstream_truncated",
                    "gen_ai.request.stream = true", "gen_ai.response.id = chatcmpl-fake", "gen_ai.response.model = p0-model", "gen_ai.response.time_to_first_chunk = (measured)",
                    "http.response.status_code = 200")),
            SpanText.Of(telemetry));
    }

    [Fact]
    public async Task ARequestThatAFallbackAnswered()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Ct);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Ct);
        await using var host = await HostWith(failing.Endpoint, good.Endpoint);
        await host.AddModelAsync("spare", "p1");
        await host.AddModelAsync("main", new ModelConfig
        {
            Deployments = [new DeploymentConfig { Provider = "p0", Model = "up" }],
            Fallbacks = ["spare"],
        });
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("main"), Ct);

        var request = telemetry.TheOnly("chat main");
        Assert.Equal(("spare", "p1/p1-model", 2), (request.GetTagItem("chatmodels.fallback"), request.GetTagItem("chatmodels.deployment"), request.GetTagItem("chatmodels.attempts")));
        Assert.Equal(request.SpanId, telemetry.TheOnly("chat p1-model").ParentSpanId);
    }

    private static async Task WarmUpAsync(ChatHost host, FakeUpstream upstream)
    {
        var behaviour = upstream.OnChat;
        upstream.OnChat = UpstreamReply.Completion("Warm.");
        await host.AskAsync(ChatHost.Ask("m"), Ct);
        await upstream.NextRequestAsync(Ct);
        upstream.OnChat = behaviour;
    }

    private static async Task<ChatHost> HostWith(params Uri[] endpoints)
    {
        var host = await ChatHost.StartAsync();
        for (var i = 0; i < endpoints.Length; i++)
        {
            await host.AddProviderAsync($"p{i}", endpoints[i]);
        }

        await host.AddModelAsync("m", [.. endpoints.Select((_, i) => $"p{i}")]);
        return host;
    }
}
