using System.ComponentModel;
using ChatModels.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>The registry's models as <see cref="IChatClient"/>s, in process.</summary>
public class ChatClientsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetResponse_AnswersOverTheSamePath()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Hello from upstream."), Cancelled);
        await using var host = await HostWith(upstream);

        var response = await host.Clients.Get("m").GetResponseAsync("Hi", cancellationToken: Cancelled);

        Assert.Equal("Hello from upstream.", response.Text);
        Assert.Equal((UpstreamReply.PromptTokens, UpstreamReply.CompletionTokens), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Assert.Equal("first-model", upstream.Requests[0].Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task GetStreamingResponse_GivesEachPieceAsItComes()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One", " two"], BeforeChunk = i => i == 1 ? gate.Task : Task.CompletedTask }), Cancelled);
        await using var host = await HostWith(upstream);
        List<string> pieces = [];

        await foreach (var update in host.Clients.Get("m").GetStreamingResponseAsync("Hi", cancellationToken: Cancelled))
        {
            if (update.Text is { Length: > 0 } text)
            {
                pieces.Add(text);
                gate.TrySetResult(); // The second piece is only sent once the first has been seen.
            }
        }

        Assert.Equal(["One", " two"], pieces);
    }

    [Fact]
    public async Task AFunction_IsInvoked_AndItsResultGoesBack()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.InTurn(
            UpstreamReply.Json("""{"id":"1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"Weather","arguments":"{\"city\":\"Ghent\"}"}}]}}]}"""),
            UpstreamReply.Completion("It rains in Ghent.")), Cancelled);
        await using var host = await HostWith(upstream);
        using var client = new ChatClientBuilder(host.Clients.Get("m")).UseFunctionInvocation().Build();

        var response = await client.GetResponseAsync("How is the weather?", new ChatOptions { Tools = [AIFunctionFactory.Create(Weather, nameof(Weather))] }, Cancelled);

        Assert.Equal("It rains in Ghent.", response.Text);
        Assert.Contains("rain in Ghent", upstream.Requests[1].Json.GetProperty("messages")[2].GetProperty("content").GetString(), StringComparison.Ordinal);

        [Description("The weather in a city")]
        static string Weather(string city) => $"rain in {city}";
    }

    [Fact]
    public async Task AFunction_IsInvokedInTheMiddleOfAStream()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.InTurn(
            UpstreamStreaming.Raw([
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"Weather\",\"arguments\":\"\"}}]}}]}\n\n"u8.ToArray(),
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Ghent\\\"}\"}}]}}]}\n\n"u8.ToArray(),
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"u8.ToArray(),
            ]),
            UpstreamStreaming.Of("It rains", " in Ghent.")), Cancelled);
        await using var host = await HostWith(upstream);
        using var client = new ChatClientBuilder(host.Clients.Get("m")).UseFunctionInvocation().Build();

        var response = await client.GetStreamingResponseAsync(
            "How is the weather?", new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => $"rain in {city}", "Weather")] }, Cancelled).ToChatResponseAsync(Cancelled);

        Assert.Equal("It rains in Ghent.", response.Messages[^1].Text);
        Assert.Contains("rain in Ghent", upstream.Requests[1].Json.GetProperty("messages")[2].GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailure_IsOurException_WithItsCode()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 5), Cancelled);
        await using var host = await HostWith(upstream);

        var failure = await Assert.ThrowsAsync<ChatModelsException>(() => host.Clients.Get("m").GetResponseAsync("Hi", cancellationToken: Cancelled));

        Assert.Equal(
            ("chat", ErrorCodes.UpstreamRateLimited, ErrorCategory.Upstream, true, TimeSpan.FromSeconds(5), "first", 429),
            (failure.Op, failure.Code, failure.Category, failure.Retryable, failure.RetryAfter, failure.Provider, failure.UpstreamStatus));
        Assert.Single(upstream.Requests); // The SDK below has not tried again on its own.
    }

    [Fact]
    public async Task AStreamThatBreaksOff_IsOurException()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.Cut }), Cancelled);
        await using var host = await HostWith(upstream);
        List<string> pieces = [];

        var failure = await Assert.ThrowsAsync<ChatModelsException>(async () =>
        {
            await foreach (var update in host.Clients.Get("m").GetStreamingResponseAsync("Hi", cancellationToken: Cancelled))
            {
                pieces.Add(update.Text);
            }
        });

        Assert.Equal(ErrorCodes.UpstreamTruncated, failure.Code);
        Assert.Equal("One", string.Concat(pieces));
    }

    [Fact]
    public async Task Cancellation_ReachesTheUpstream()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.HangBeforeHeaders(), Cancelled);
        await using var host = await HostWith(upstream);
        using var caller = new CancellationTokenSource();
        var asking = host.Clients.Get("m").GetResponseAsync("Hi", cancellationToken: caller.Token);
        var request = await upstream.NextRequestAsync(Cancelled);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task AModel_IsAKeyedService()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Keyed."), Cancelled);
        await using var host = await HostWith(upstream);

        var response = await host.Services.GetRequiredKeyedService<IChatClient>("m").GetResponseAsync("Hi", cancellationToken: Cancelled);

        Assert.Equal("Keyed.", response.Text);
    }

    private static async Task<ChatHost> HostWith(FakeUpstream upstream)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", upstream.Endpoint);
        await host.AddModelAsync("m", "first");
        return host;
    }
}
