using System.Net;
using System.Text.Json;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>Anthropic's own .NET client, pointed at the Api: once with its own protocol behind it, once with OpenAI's.</summary>
public sealed class AnthropicClientTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task Create_GetsTheUpstreamsAnswer(string type)
    {
        await using var chat = await StartAsync(type, "Hello from upstream.");

        var answer = await chat.AnthropicClient().Messages.Create(Hi(chat), Cancelled);

        Assert.True(Assert.Single(answer.Content).TryPickText(out var text));
        Assert.Equal(("Hello from upstream.", StopReason.EndTurn), (text!.Text, answer.StopReason!.Value()));
        Assert.Equal(
            type == "anthropic" ? (AnthropicUpstream.InputTokens, AnthropicUpstream.OutputTokens) : (UpstreamReply.PromptTokens, UpstreamReply.CompletionTokens),
            (answer.Usage.InputTokens, answer.Usage.OutputTokens));
        Assert.Equal("vendor-model", chat.Upstream.Requests[0].Json.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task CreateStreaming_GetsEachPieceBeforeTheNextIsSent(string type)
    {
        var gate = new TaskCompletionSource();
        await using var chat = await ChatFixture.StartAsync(
            fixture.Api,
            type == "openai"
                ? UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One", " two"], BeforeChunk = i => i == 1 ? gate.Task : Task.CompletedTask })
                : AnthropicUpstream.Events([AnthropicUpstream.Start, .. AnthropicUpstream.TextBlock(0, "One two"), AnthropicUpstream.MessageDelta("end_turn"), AnthropicUpstream.Stop], i => i == 3 ? gate.Task : Task.CompletedTask),
            type);
        List<string> pieces = [];
        string? stopReason = null;
        await foreach (var e in chat.AnthropicClient().Messages.CreateStreaming(Hi(chat), Cancelled))
        {
            if (e.TryPickContentBlockDelta(out var block) && block.Delta.TryPickText(out var text))
            {
                pieces.Add(text.Text);
                gate.TrySetResult();
            }

            stopReason = e.TryPickDelta(out var delta) ? delta.Delta.StopReason?.Raw() : stopReason;
        }

        Assert.Equal(["One", " two"], pieces);
        Assert.Equal("end_turn", stopReason);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task Tools_AreCalledAndAnswered(string type)
    {
        await using var chat = await ChatFixture.StartAsync(
            fixture.Api,
            type == "anthropic"
                ? UpstreamReply.InTurn(AnthropicUpstream.Message("""[{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Ulm"},"caller":{"type":"direct"}}]""", "tool_use"), AnthropicUpstream.Auto("Rain."))
                : UpstreamReply.InTurn(UpstreamReply.Json(OpenAICall), UpstreamReply.Auto("Rain.")),
            type);
        var client = chat.AnthropicClient();
        var first = Hi(chat) with { Tools = [new ToolUnion(new Tool { Name = "weather", InputSchema = new InputSchema() })] };

        var call = await client.Messages.Create(first, Cancelled);
        Assert.True(Assert.Single(call.Content).TryPickToolUse(out var use));
        var answer = await client.Messages.Create(
            first with
            {
                Messages =
                [
                    .. first.Messages,
                    new AssistantMessageParam(new List<ContentBlockParam> { new ToolUseBlockParam { ID = use!.ID, Name = use.Name, Input = use.Input } }),
                    new UserMessageParam(new List<ContentBlockParam> { new ToolResultBlockParam(use.ID) { Content = "Rain." } }),
                ],
            },
            Cancelled);

        Assert.Equal((StopReason.ToolUse, "Ulm"), (call.StopReason!.Value(), use.Input["city"].GetString()));
        Assert.True(Assert.Single(answer.Content).TryPickText(out var text));
        Assert.Equal("Rain.", text!.Text);
        Assert.Equal(type == "anthropic" ? "user" : "tool", chat.Upstream.Requests[1].Json.GetProperty("messages").EnumerateArray().Last().GetProperty("role").GetString());
    }

    [Fact]
    public async Task CountTokens_GetsTheUpstreamsCount()
    {
        await using var chat = await StartAsync("anthropic", "never");
        chat.Upstream.OnOther = (context, body) => UpstreamReply.Json("""{"input_tokens":2095}""")(context, body!);

        var count = await chat.AnthropicClient().Messages.CountTokens(new MessageCountTokensParams { Model = chat.Model, Messages = [new UserMessageParam("Hi")] }, Cancelled);

        Assert.Equal(2095, count.InputTokens);
        Assert.Equal(("/v1/messages/count_tokens", "vendor-model"), (chat.Upstream.Requests[0].Path, chat.Upstream.Requests[0].Json.GetProperty("model").GetString()));
    }

    [Fact]
    public async Task CountTokens_OfAModelThatNobodyCountsFor_IsRefused()
    {
        await using var chat = await StartAsync("openai", "never");

        var thrown = await Assert.ThrowsAnyAsync<AnthropicApiException>(() =>
            chat.AnthropicClient().Messages.CountTokens(new MessageCountTokensParams { Model = chat.Model, Messages = [new UserMessageParam("Hi")] }, Cancelled));

        Assert.Equal(HttpStatusCode.BadRequest, thrown.StatusCode);
        Assert.Contains("nothing like this operation", thrown.ResponseBody, StringComparison.Ordinal);
        Assert.Empty(chat.Upstream.Requests);
    }

    [Theory]
    [InlineData("anthropic", 429, HttpStatusCode.TooManyRequests, "rate_limit_error")]
    [InlineData("anthropic", 529, HttpStatusCode.ServiceUnavailable, "overloaded_error")]
    [InlineData("openai", 500, HttpStatusCode.BadGateway, "api_error")]
    [InlineData("openai", 400, HttpStatusCode.BadRequest, "invalid_request_error")]
    public async Task AnUpstreamsFailure_IsSaidInAnthropicsWords(string type, int upstream, HttpStatusCode status, string error)
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Error(upstream), type);

        var thrown = await Assert.ThrowsAnyAsync<AnthropicApiException>(() => chat.AnthropicClient().Messages.Create(Hi(chat), Cancelled));

        Assert.Equal(status, thrown.StatusCode);
        var body = JsonElement.Parse(thrown.ResponseBody);
        Assert.Equal(("error", error), (body.GetProperty("type").GetString(), body.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(thrown.RequestID, body.GetProperty("request_id").GetString());
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task AStreamThatBreaksOff_IsAnErrorForTheClient(string type)
    {
        await using var chat = await ChatFixture.StartAsync(
            fixture.Api,
            type == "openai"
                ? UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.CutMidFrame })
                : AnthropicUpstream.Events([AnthropicUpstream.Start, .. AnthropicUpstream.TextBlock(0, "One")]),
            type);

        await Assert.ThrowsAnyAsync<AnthropicException>(async () =>
        {
            await foreach (var _ in chat.AnthropicClient().Messages.CreateStreaming(Hi(chat), Cancelled))
            {
            }
        });
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task AClientThatGoesAwayMidStream_CancelsTheUpstreamCall(string type)
    {
        await using var chat = await ChatFixture.StartAsync(
            fixture.Api,
            type == "openai"
                ? UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.Hang })
                : AnthropicUpstream.EventsThenHang([AnthropicUpstream.Start, .. AnthropicUpstream.TextBlock(0, "One")]),
            type);
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var e in chat.AnthropicClient().Messages.CreateStreaming(Hi(chat), caller.Token))
            {
                if (e.TryPickContentBlockDelta(out _))
                {
                    await caller.CancelAsync();
                }
            }
        });

        await chat.Upstream.Requests[0].CancelledAsync(Cancelled);
    }

    // After https://platform.openai.com/docs/guides/function-calling.
    private const string OpenAICall = """
        {"id":"c1","object":"chat.completion","model":"x","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Ulm\"}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}
        """;

    private Task<ChatFixture> StartAsync(string type, string text) =>
        ChatFixture.StartAsync(fixture.Api, type == "anthropic" ? AnthropicUpstream.Auto(text) : UpstreamReply.Auto(text), type);

    private static MessageCreateParams Hi(ChatFixture chat) => new() { Model = chat.Model, MaxTokens = 100, Messages = [new UserMessageParam("Hi")] };
}
