using System.ClientModel;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using OpenAI.Chat;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>OpenAI's own .NET client, pointed at the Api.</summary>
public sealed class OfficialClientTests(ApiFixture fixture)
{
    private static readonly ChatMessage[] Hi = [new UserChatMessage("Hi")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompleteChat_GetsTheUpstreamsAnswer()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Completion("Hello from upstream."));

        ChatCompletion answer = await chat.OfficialClient().CompleteChatAsync(Hi, cancellationToken: Cancelled);

        Assert.Equal("Hello from upstream.", answer.Content[0].Text);
        Assert.Equal((ChatFinishReason.Stop, UpstreamReply.PromptTokens, UpstreamReply.CompletionTokens), (answer.FinishReason, answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal("vendor-model", chat.Upstream.Requests[0].Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task CompleteChatStreaming_GetsEachPieceBeforeTheNextIsSent()
    {
        var gate = new TaskCompletionSource();
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamStreaming.Of(
            new UpstreamStreamScript { Chunks = ["One", " two"], BeforeChunk = i => i == 1 ? gate.Task : Task.CompletedTask }));
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

        // This client asks for usage by itself (stream_options.include_usage).
        Assert.Equal(UpstreamReply.CompletionTokens, usage?.OutputTokenCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AStreamsUsage_IsTheClientsOnlyIfItAsked(bool asked)
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Auto("Hello there."));
        var options = asked ? ",\"stream_options\":{\"include_usage\":true}" : "";

        var response = await chat.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(stream: true)[..^1] + options + "}", Cancelled);
        var body = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal(asked, body.Contains("prompt_tokens", StringComparison.Ordinal));
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.True(chat.Upstream.Requests[0].Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
    }

    [Fact]
    public async Task AnUnknownModel_Is404()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Auto("never"));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => chat.OfficialClient("no-such-model").CompleteChatAsync(Hi, cancellationToken: Cancelled));

        Assert.Equal(404, error.Status);
        Assert.Contains("The model 'no-such-model' does not exist", error.Message, StringComparison.Ordinal);
        Assert.Empty(chat.Upstream.Requests);
    }

    [Theory]
    [InlineData(429, 429, "rate_limit_exceeded")]
    [InlineData(500, 502, "upstream_error")]
    public async Task AnUpstreamsFailure_IsSaidInOpenAIsWords(int upstream, int status, string code)
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Error(upstream, retryAfterSeconds: upstream == 429 ? 3 : null));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => chat.OfficialClient().CompleteChatAsync(Hi, cancellationToken: Cancelled));

        Assert.Equal(status, error.Status);
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        var headers = error.GetRawResponse()!.Headers;
        Assert.Equal(upstream == 429 ? "3" : null, headers.TryGetValue("retry-after", out var wait) ? wait : null);
        Assert.Equal(upstream == 500 ? "false" : null, headers.TryGetValue("x-should-retry", out var retry) ? retry : null);
    }

    [Fact]
    public async Task AClientThatGoesAwayMidStream_CancelsTheUpstreamCall()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.Hang }));
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
}
