using System.ClientModel;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using OpenAI.Chat;
using Xunit;
using static ChatModels.Testing.AnthropicUpstream;

namespace ChatModels.Api.Tests.Chat;

/// <summary>OpenAI's own .NET client, with a model that Anthropic serves.</summary>
public sealed class OfficialClientOnAnthropicTests(ApiFixture fixture)
{
    private static readonly ChatMessage[] Hi = [new SystemChatMessage("Be brief."), new UserChatMessage("Hi")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompleteChat_GetsTheMessage()
    {
        await using var chat = await StartAsync(Auto("Hello there."));

        ChatCompletion answer = await chat.OfficialClient().CompleteChatAsync(Hi, cancellationToken: Cancelled);

        Assert.Equal(("Hello there.", ChatFinishReason.Stop), (answer.Content[0].Text, answer.FinishReason));
        Assert.Equal((InputTokens + CacheRead + CacheCreation, OutputTokens, CacheRead), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.InputTokenDetails.CachedTokenCount));
        Assert.Equal("/v1/messages", chat.Upstream.Requests[0].Path);
        Assert.Equal("Be brief.", chat.Upstream.Requests[0].Json.GetProperty("system")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task CompleteChatStreaming_GetsEachPieceBeforeTheNextIsSent_AndTheUsage()
    {
        var gate = new TaskCompletionSource();
        await using var chat = await StartAsync(Events([Start, .. TextBlock(0, "One two"), MessageDelta("end_turn"), Stop], i => i == 3 ? gate.Task : Task.CompletedTask));
        List<string> pieces = [];
        ChatTokenUsage? usage = null;

        await foreach (var update in chat.OfficialClient().CompleteChatStreamingAsync(Hi, cancellationToken: Cancelled))
        {
            pieces.AddRange(update.ContentUpdate.Select(part => part.Text).Where(text => text.Length > 0));
            usage ??= update.Usage;
            if (pieces.Count == 1)
            {
                gate.TrySetResult();
            }
        }

        Assert.Equal(["One", " two"], pieces);
        Assert.Equal((28, OutputTokens), (usage!.InputTokenCount, usage.OutputTokenCount));
    }

    [Fact]
    public async Task Tools_AreCalledInAStream_AndAnswered()
    {
        await using var chat = await StartAsync(UpstreamReply.InTurn(
            Events([Start, .. ToolBlock(0, "toolu_1", "weather", "{\"city\":", "\"Ulm\"}"), .. ToolBlock(1, "toolu_2", "now"), MessageDelta("tool_use"), Stop]), Auto("Rain.")));
        var client = chat.OfficialClient();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather"), ChatTool.CreateFunctionTool("now") } };
        List<StreamingChatToolCallUpdate> updates = [];
        await foreach (var update in client.CompleteChatStreamingAsync(Hi, options, Cancelled))
        {
            updates.AddRange(update.ToolCallUpdates);
        }

        var calls = updates.GroupBy(update => update.Index).Select(pieces => ChatToolCall.CreateFunctionToolCall(
            pieces.First().ToolCallId, pieces.First().FunctionName, BinaryData.FromString(string.Concat(pieces.Select(piece => piece.FunctionArgumentsUpdate?.ToString()))))).ToList();
        ChatCompletion answer = await client.CompleteChatAsync([.. Hi, new AssistantChatMessage(calls), new ToolChatMessage("toolu_1", "Rain."), new ToolChatMessage("toolu_2", "Noon.")], options, Cancelled);

        Assert.Equal(["toolu_1 weather {\"city\":\"Ulm\"}", "toolu_2 now {}"], calls.Select(call => $"{call.Id} {call.FunctionName} {call.FunctionArguments}"));
        Assert.Equal("Rain.", answer.Content[0].Text);
        var results = chat.Upstream.Requests[1].Json.GetProperty("messages")[2].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("tool_use_id").GetString());
        Assert.Equal(["toolu_1", "toolu_2"], results);
    }

    [Theory]
    [InlineData(400, 400, "upstream_rejected")]
    [InlineData(429, 429, "rate_limit_exceeded")]
    [InlineData(529, 503, "upstream_error")]
    public async Task AFailure_IsSaidInOpenAIsWords(int upstream, int status, string code)
    {
        await using var chat = await StartAsync(AnthropicUpstream.Error(upstream, "some_error", "Not today."));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => chat.OfficialClient().CompleteChatAsync(Hi, cancellationToken: Cancelled));

        Assert.Equal(status, error.Status);
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        Assert.Equal(upstream == 400, error.Message.Contains("Not today.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AStreamThatIsCut_IsAnErrorAndNeverDone()
    {
        await using var chat = await StartAsync(Events([Start, .. TextBlock(0, "One"), MessageDelta("end_turn")]));

        using var response = await chat.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(stream: true), Cancelled);
        var body = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Contains("\"code\":\"upstream_truncated\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClientThatGoesAwayMidStream_CancelsTheUpstreamCall()
    {
        await using var chat = await StartAsync(EventsThenHang([Start, .. TextBlock(0, "One")]));
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in chat.OfficialClient().CompleteChatStreamingAsync(Hi, cancellationToken: caller.Token))
            {
                if (update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text.Length > 0)
                {
                    await caller.CancelAsync();
                }
            }
        });

        await chat.Upstream.Requests[0].CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task WhatCanNotBeTranslated_IsRefusedWithoutARequest()
    {
        await using var chat = await StartAsync(Auto("never"));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => chat.OfficialClient().CompleteChatAsync(Hi, new ChatCompletionOptions { IncludeLogProbabilities = true }, Cancelled));

        Assert.Equal(400, error.Status);
        Assert.Contains("'logprobs'", error.Message, StringComparison.Ordinal);
        Assert.Empty(chat.Upstream.Requests);
        Assert.True(error.GetRawResponse()!.Headers.TryGetValue("x-chatmodels-attempts", out var attempts));
        var shown = await (await fixture.Client.GetAsync($"/registry/deployments?model={chat.Model}", Cancelled)).JsonAsync(Cancelled);
        Assert.Equal(("0", 0), (attempts, shown.GetProperty("deployments")[0].GetProperty("attempts").GetInt32()));
    }

    private Task<ChatFixture> StartAsync(UpstreamHandler upstream) => ChatFixture.StartAsync(fixture.Api, upstream, "anthropic");
}
