using ChatModels.Registry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Xunit;

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
            $"""
            chat m [Internal, Unset]
              chatmodels.attempts = 1
              chatmodels.deployment = p0/p0-model
              chatmodels.registry.revision = {Revision(host)}
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m
              gen_ai.request.stream = true
                chat p0-model [Client, Unset]
                  chatmodels.attempt = 1
                  chatmodels.choice = only
                  chatmodels.provider.id = p0
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.frequency_penalty = 0.1
                  gen_ai.request.max_tokens = 64
                  gen_ai.request.model = p0-model
                  gen_ai.request.presence_penalty = -0.2
                  gen_ai.request.reasoning.level = low
                  gen_ai.request.seed = 7
                  gen_ai.request.stop_sequences = [a, b]
                  gen_ai.request.stream = true
                  gen_ai.request.temperature = 0.5
                  gen_ai.request.top_p = 1
                  gen_ai.response.finish_reasons = [stop]
                  gen_ai.response.id = chatcmpl-fake
                  gen_ai.response.model = p0-model
                  gen_ai.response.time_to_first_chunk = (measured)
                  gen_ai.usage.input_tokens = 11
                  gen_ai.usage.output_tokens = 7
                  http.response.status_code = 200
                  server.address = 127.0.0.1
                  server.port = {upstream.Endpoint.Port}
                    provider creation [Internal, Unset]
                      chatmodels.provider.id = p0
                      chatmodels.provider.type = openai
                      gen_ai.provider.name = openai
                      server.address = 127.0.0.1
                      server.port = {upstream.Endpoint.Port}
            """,
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
            $"""
            chat m [Internal, Unset]
              chatmodels.attempts = 2
              chatmodels.deployment = p1/p1-model
              chatmodels.registry.revision = {Revision(host)}
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m
                chat p0-model [Client, Error: upstream_error]
                  chatmodels.attempt = 1
                  chatmodels.choice = priority
                  chatmodels.provider.id = p0
                  error.type = upstream_error
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = p0-model
                  http.response.status_code = 500
                  server.address = 127.0.0.1
                  server.port = {failing.Endpoint.Port}
                chat p1-model [Client, Unset]
                  chatmodels.attempt = 2
                  chatmodels.choice = priority
                  chatmodels.provider.id = p1
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = p1-model
                  gen_ai.response.finish_reasons = [stop]
                  gen_ai.response.id = chatcmpl-fake
                  gen_ai.response.model = p1-model
                  gen_ai.usage.input_tokens = 11
                  gen_ai.usage.output_tokens = 7
                  http.response.status_code = 200
                  server.address = 127.0.0.1
                  server.port = {good.Endpoint.Port}
            """,
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
            $"""
            chat m [Internal, Error: rate_limit_exceeded]
              chatmodels.attempts = 1
              chatmodels.deployment = p0/p0-model
              chatmodels.registry.revision = {Revision(host)}
              error.type = rate_limit_exceeded
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m
                chat p0-model [Client, Error: rate_limit_exceeded]
                  chatmodels.attempt = 1
                  chatmodels.choice = last_resort
                  chatmodels.provider.id = p0
                  error.type = rate_limit_exceeded
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = p0-model
                  http.response.status_code = 429
                  server.address = 127.0.0.1
                  server.port = {upstream.Endpoint.Port}
            """,
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

        // Whose fault it is: nobody's.
        Assert.Equal(
            $"""
            chat m [Internal, Unset]
              chatmodels.attempts = 1
              chatmodels.deployment = p0/p0-model
              chatmodels.registry.revision = {Revision(host)}
              error.type = client_closed
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m
                chat p0-model [Client, Unset]
                  chatmodels.attempt = 1
                  chatmodels.choice = only
                  chatmodels.provider.id = p0
                  error.type = client_closed
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = p0-model
                  server.address = 127.0.0.1
                  server.port = {upstream.Endpoint.Port}
            """,
            SpanText.Of(telemetry));
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
            $"""
            chat m [Internal, Error: upstream_truncated]
              chatmodels.attempts = 1
              chatmodels.deployment = p0/p0-model
              chatmodels.registry.revision = {Revision(host)}
              error.type = upstream_truncated
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m
              gen_ai.request.stream = true
                chat p0-model [Client, Error: upstream_truncated]
                  chatmodels.attempt = 1
                  chatmodels.choice = only
                  chatmodels.provider.id = p0
                  error.type = upstream_truncated
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = p0-model
                  gen_ai.request.stream = true
                  gen_ai.response.id = chatcmpl-fake
                  gen_ai.response.model = p0-model
                  gen_ai.response.time_to_first_chunk = (measured)
                  http.response.status_code = 200
                  server.address = 127.0.0.1
                  server.port = {upstream.Endpoint.Port}
            """,
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

    private static long Revision(ChatHost host) => host.Registry.Current.Head!.Revision;

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
