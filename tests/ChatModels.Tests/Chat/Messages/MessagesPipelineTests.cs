using System.Text;
using System.Text.Json;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Testing.AnthropicUpstream;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Chat.Messages;

/// <summary>Requests in Anthropic's wire format, after https://platform.claude.com/docs/en/api/messages, through the whole chat path.</summary>
public sealed class MessagesPipelineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ToAnthropic_NothingIsChangedButTheModel_BothWays()
    {
        const string Answer = """{ "type":"message","id":"m1", "content":[{"type":"text","text":"é \u00e9","citations":null}], "usage":{"input_tokens":1,"output_tokens":1},"x":1 }""";
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json(Answer), Ct);
        await using var host = await HostWith(upstream.Root, "anthropic");

        var (_, body) = await AskAsync(host, """{ "x_new":{"a":[1.50]},"model":"m","max_tokens":5,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}], "messages":[] }""");

        Assert.Equal(Answer, body);
        Assert.Equal(
            """{ "x_new":{"a":[1.50]},"model":"first-model","max_tokens":5,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}], "messages":[] }""",
            Encoding.UTF8.GetString(upstream.Requests[0].Body));
    }

    [Fact]
    public async Task AStreamFromAnthropic_PassesByteForByte()
    {
        string[] events = [Start, Ping, .. ThinkingBlock(0, "sig", "Hm."), .. TextBlock(1, "Zoë."), MessageDelta("end_turn"), Stop];
        await using var upstream = await FakeUpstream.StartAsync(Events(events), Ct);
        await using var host = await HostWith(upstream.Root, "anthropic");

        var (_, body) = await AskAsync(host, Ask(stream: true));

        Assert.Equal(string.Concat(events.Select(e => Encoding.UTF8.GetString(Frame(e)))), body);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task AStreamThatEndsTooEarly_EndsWithAnthropicsErrorAndNoStop(string type)
    {
        var cut = type == "openai" ? UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.Silence }) : Events([Start, .. TextBlock(0, "One")]);
        await using var upstream = await FakeUpstream.StartAsync(cut, Ct);
        await using var host = await HostWith(type == "openai" ? upstream.Endpoint : upstream.Root, type);

        var (reply, body) = await AskAsync(host, Ask(stream: true));

        Assert.Equal(ErrorCodes.UpstreamTruncated, reply.BrokenOff?.Code);
        Assert.EndsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"Provider 'first' ended its stream before the answer was complete.\"},\"request_id\":\"r1\"}\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task AnErrorInTheStreamBeforeContent_IsTriedElsewhere(string type)
    {
        await using var failing = await FakeUpstream.StartAsync(Events([Start, """{"type":"error","error":{"type":"overloaded_error","message":"sk-secret"}}"""]), Ct);
        await using var good = await FakeUpstream.StartAsync(type == "openai" ? UpstreamReply.Auto("Good day.") : Auto("Good day."), Ct);
        await using var host = await HostWith(failing.Root, "anthropic");
        await host.AddProviderAsync("second", type == "openai" ? good.Endpoint : good.Root, p => p with { Type = type });
        await host.AddModelAsync("m", "first", "second");

        var (reply, body) = await AskAsync(host, Ask(stream: true));

        Assert.Equal(2, reply.Route.Attempts);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic", 400, 400, "invalid_request_error", "max_tokens: too large")]
    [InlineData("anthropic", 401, 502, "api_error", "credentials")]
    [InlineData("anthropic", 429, 429, "rate_limit_error", "rate")]
    [InlineData("anthropic", 529, 503, "overloaded_error", "overloaded")]
    [InlineData("openai", 400, 400, "invalid_request_error", "max_tokens: too large")]
    [InlineData("openai", 404, 502, "api_error", "does not know the model")]
    public async Task AFailure_HasAnthropicsShape_WhoeverItComesFrom(string type, int upstreamStatus, int status, string errorType, string message)
    {
        var error = type == "openai" ? UpstreamReply.Error(upstreamStatus, message: "max_tokens: too large") : Error(upstreamStatus, "any", "max_tokens: too large");
        await using var upstream = await FakeUpstream.StartAsync(error, Ct);
        await using var host = await HostWith(type == "openai" ? upstream.Endpoint : upstream.Root, type);

        var (reply, body) = await AskAsync(host, Ask());

        var json = JsonElement.Parse(body);
        Assert.Equal(status, reply.Failure!.Status);
        Assert.Equal("error", json.GetProperty("type").GetString());
        Assert.Contains(message, json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(type == "anthropic" && status == 400 ? "any" : errorType, json.GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"no keys\"}}")]
    [InlineData("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no keys\"}}")]
    public async Task AnOpenAIClient_GetsAllFourKeys_WhateverTheUpstreamSaid(string error)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json(error, 400), Ct);
        await using var host = await HostWith(upstream.Root, "anthropic");

        var (_, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Equal("""{"error":{"message":"no keys","type":"invalid_request_error","param":null,"code":"upstream_rejected"}}""", body);
    }

    [Fact]
    public async Task TheCallersHeaders_GoToThoseWhoSpeakTheProtocol_AndToNobodyElse()
    {
        await using var native = await FakeUpstream.StartAsync(Auto("Hi."), Ct);
        await using var other = await FakeUpstream.StartAsync(UpstreamReply.Auto("Hi."), Ct);
        await using var first = await HostWith(native.Root, "anthropic");
        await using var second = await HostWith(other.Endpoint, "openai");

        await AskAsync(first, Ask());
        await AskAsync(second, Ask());

        Assert.Equal("beta-1", native.Requests[0].Headers["anthropic-beta"]);
        Assert.DoesNotContain("anthropic-beta", other.Requests[0].Headers.Keys);
    }

    [Fact]
    public async Task Embeddings_OfAModelOnAnthropic_AreRefusedByName_WithoutARequest()
    {
        await using var upstream = await FakeUpstream.StartAsync(Auto("never"), Ct);
        await using var host = await HostWith(upstream.Root, "anthropic");

        await using var reply = await host.Pipeline.SendAsync(new ChatCall(UpstreamOperation.Embeddings, """{"model":"m","input":"x"}"""u8.ToArray()), ChatSendOptions.Default, Ct);

        Assert.Equal((400, ErrorCodes.OperationNotSupported, "model"), (reply.Failure!.Status, reply.Failure.Code, reply.Failure.Param));
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("""{"model":"m","input":"x"}""", null)]
    [InlineData("""{"model":"m","input":["x","y"],"dimensions":8,"encoding_format":"base64","stream":7}""", null)]
    [InlineData("""{"model":"m"}""", "input")]
    [InlineData("""{"model":"m","input":7}""", "input")]
    [InlineData("""{"model":"chatter","input":"x"}""", "model")]
    public async Task Embeddings_PassThrough(string body, string? wrong)
    {
        const string Answer = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"e","usage":{"prompt_tokens":3,"total_tokens":3}}""";
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, json) => UpstreamReply.Json(Answer)(context, json!);
        await using var host = await HostWith(upstream.Endpoint, "openai");
        await host.AddModelAsync("chatter", new ModelConfig { Deployments = [new DeploymentConfig { Provider = "first", Model = "x" }], Capabilities = [ModelCapabilities.Chat] });

        await using var reply = await host.Pipeline.SendAsync(new ChatCall(UpstreamOperation.Embeddings, Encoding.UTF8.GetBytes(body)), ChatSendOptions.Default, Ct);

        Assert.Equal(wrong, reply.Failure?.Param);
        if (wrong is null)
        {
            Assert.Equal(Answer, Encoding.UTF8.GetString((await reply.ReadAsync(Ct)).Span));
            Assert.Equal(("/v1/embeddings", body.Replace("\"m\"", "\"first-model\"", StringComparison.Ordinal)), (upstream.Requests[0].Path, Encoding.UTF8.GetString(upstream.Requests[0].Body)));
        }
    }

    [Fact]
    public async Task ALongSilenceBetweenPings_IsNoIdleStream()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(
            Events([Start, Ping, .. TextBlock(0, "x"), MessageDelta("end_turn"), Stop], i => i == 2 ? gate.Task : Task.CompletedTask), Ct);
        await using var host = await HostWith(upstream.Root, "anthropic");
        var asking = host.AskAsync(ChatHost.Ask("m", stream: true), Ct);
        await upstream.NextRequestAsync(Ct);

        gate.SetResult();

        var (reply, body) = await asking;
        Assert.Null(reply.BrokenOff);
        Assert.Contains(": ping\n\n", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"usage\"", body, StringComparison.Ordinal);
    }

    private static string Ask(bool stream = false) =>
        $$"""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"Hi"}],"stream":{{(stream ? "true" : "false")}}}""";

    private static async Task<(ChatReply Reply, string Body)> AskAsync(ChatHost host, string body)
    {
        var call = new ChatCall(UpstreamOperation.Messages, Encoding.UTF8.GetBytes(body)) { RequestId = "r1", Headers = [new("anthropic-beta", "beta-1")] };
        await using var reply = await host.Pipeline.SendAsync(call, ChatSendOptions.Default, Ct);
        var all = new MemoryStream();
        while (await reply.ReadAsync(Ct) is { IsEmpty: false } bytes)
        {
            all.Write(bytes.Span);
        }

        return (reply, Encoding.UTF8.GetString(all.ToArray()));
    }

    private static async Task<ChatHost> HostWith(Uri endpoint, string type)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", endpoint, p => p with { Type = type });
        await host.AddModelAsync("m", "first");
        return host;
    }
}
