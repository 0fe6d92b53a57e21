using System.ClientModel;
using System.Text.Json;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using Xunit;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace ChatModels.Api.Tests.Conformance;

/// <summary>Microsoft.Extensions.AI's client on OpenAI's SDK, pointed at the Api. More of that SDK alone is in <see cref="OfficialClientTests"/>.</summary>
public sealed class DotNetClientTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItChats_AndStreams()
    {
        await using var chat = await StartAsync();
        using var client = chat.OfficialClient().AsIChatClient();

        var whole = await client.GetResponseAsync("Hi", cancellationToken: Cancelled);
        var updates = await client.GetStreamingResponseAsync("Hi", cancellationToken: Cancelled).ToListAsync(Cancelled);

        Assert.Equal((ConformanceUpstream.Text, UpstreamReply.PromptTokens), (whole.Text, whole.Usage?.InputTokenCount));
        Assert.Equal((ConformanceUpstream.Text, UpstreamReply.PromptTokens), (string.Concat(updates), updates.ToChatResponse().Usage?.InputTokenCount));
    }

    [Fact]
    public async Task ItCallsTools()
    {
        await using var chat = await StartAsync();
        using var client = chat.OfficialClient().AsIChatClient();

        var answer = await client.GetResponseAsync("tool", new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => $"rain in {city}", "weather")] }, Cancelled);

        var call = Assert.Single(answer.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal(("weather", "Ghent"), (call.Name, call.Arguments!["city"]!.ToString()));
        Assert.Equal("weather", chat.Upstream.Requests[0].Json.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task TheSdkAlone_CallsTools()
    {
        await using var chat = await StartAsync();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "d", BinaryData.FromString("""{"type":"object"}""")) }, ToolChoice = ChatToolChoice.CreateAutoChoice() };

        ChatCompletion answer = await chat.OfficialClient().CompleteChatAsync([new UserChatMessage("tool")], options, Cancelled);

        var call = Assert.Single(answer.ToolCalls);
        Assert.Equal(("weather", "Ghent"), (call.FunctionName, JsonElement.Parse(call.FunctionArguments).GetProperty("city").GetString()));
    }

    [Fact]
    public async Task ItThrows_WhereTheAnswerIsAnError()
    {
        await using var chat = await StartAsync();
        using var client = chat.OfficialClient().AsIChatClient();

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync("refuse", cancellationToken: Cancelled));
        Assert.Equal(400, refused.Status);
        Assert.Contains("Too many tokens.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>OpenAI's SDK for .NET, unlike its others, does not look for an error in an event; the finish reason beside it is what stops it.</summary>
    [Fact]
    public async Task AStreamThatBreaksOff_IsAnErrorForTheClient()
    {
        await using var chat = await StartAsync();
        using var client = chat.OfficialClient().AsIChatClient();
        List<string> pieces = [];

        var thrown = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("cut", cancellationToken: Cancelled))
            {
                pieces.Add(update.Text);
            }
        });

        Assert.Equal("One", string.Concat(pieces));
        Assert.Equal("error", thrown.ActualValue);
    }

    [Fact]
    public async Task AStreamThatBreaksOff_IsAnErrorForTheSdkAlone()
    {
        await using var chat = await StartAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => chat.OfficialClient().CompleteChatStreamingAsync([new UserChatMessage("cut")], cancellationToken: Cancelled).ToListAsync(Cancelled).AsTask());
    }

    [Fact]
    public async Task TheSdkAlone_ThrowsWhereTheAnswerIsAnError()
    {
        await using var chat = await StartAsync();

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => chat.OfficialClient().CompleteChatAsync([new UserChatMessage("refuse")], cancellationToken: Cancelled));

        Assert.Equal(400, refused.Status);
        Assert.Contains("Too many tokens.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItAborts(bool stream)
    {
        await using var chat = await StartAsync();
        using var client = chat.OfficialClient().AsIChatClient();
        using var caller = new CancellationTokenSource();
        var asking = stream
            ? client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "hang")], cancellationToken: caller.Token).ToListAsync(CancellationToken.None).AsTask()
            : (Task)client.GetResponseAsync("hang", cancellationToken: caller.Token);
        var request = await chat.Upstream.NextRequestAsync(Cancelled);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.CancelledAsync(Cancelled);
    }

    private Task<ChatFixture> StartAsync() => ChatFixture.StartAsync(fixture.Api, ConformanceUpstream.Handler);
}
