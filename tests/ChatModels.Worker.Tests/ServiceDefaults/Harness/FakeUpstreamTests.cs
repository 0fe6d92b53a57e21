using System.Net;
using System.Net.Http.Json;
using System.Text;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults.Harness;

public sealed class FakeUpstreamTests : IDisposable
{
    private readonly HttpClient _client = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Completion_NamesTheModelAndRecordsTheRequest()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Token);

        using var response = await PostAsync(upstream, """{"model":"m","x":1}""");
        var request = await upstream.NextRequestAsync(Token);

        Assert.Contains("\"model\":\"m\"", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(("POST", "/v1/chat/completions", 1), (request.Method, request.Path, request.Json.GetProperty("x").GetInt32()));
        Assert.False(request.IsCancelled);
    }

    [Fact]
    public async Task Stream_EndsWithFinishReasonUsageAndDone_WhenUsageIsAsked()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of("Hel", "lo"), Token);

        using var response = await PostAsync(upstream, """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""");
        var frames = (await response.Content.ReadAsStringAsync(Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(6, frames.Length);
        Assert.Contains("\"content\":\"Hel\"", frames[1], StringComparison.Ordinal);
        Assert.Contains("\"usage\":null", frames[3], StringComparison.Ordinal);
        Assert.Contains("\"choices\":[],\"usage\":{\"prompt_tokens\":11", frames[4], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", frames[5]);
    }

    [Fact]
    public async Task Stream_WaitsAtItsGate()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["a", "b"], BeforeChunk = i => i == 1 ? gate.Task : Task.CompletedTask }), Token);
        using var response = await PostAsync(upstream, """{"stream":true}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));

        Assert.Contains("assistant", await reader.ReadLineAsync(Token), StringComparison.Ordinal);
        await reader.ReadLineAsync(Token);
        Assert.Contains("\"a\"", await reader.ReadLineAsync(Token), StringComparison.Ordinal);
        await reader.ReadLineAsync(Token);
        var next = reader.ReadLineAsync(Token).AsTask();
        Assert.False(next.IsCompleted);
        gate.SetResult();

        Assert.Contains("\"b\"", await next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StreamEnd.Cut, "data: {")]
    [InlineData(StreamEnd.CutMidFrame, "chat.complet")]
    public async Task Cut_DeliversEverythingBeforeItAndThenBreaksTheConnection(StreamEnd end, string last)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["a"], End = end }), Token);
        using var response = await PostAsync(upstream, """{"stream":true}""");
        var seen = new MemoryStream();

        await Assert.ThrowsAsync<HttpRequestException>(async () => await response.Content.CopyToAsync(seen, Token));
        var text = Encoding.UTF8.GetString(seen.ToArray());

        Assert.Contains("\"content\":\"a\"", text, StringComparison.Ordinal);
        Assert.Contains(last, text[text.LastIndexOf("data:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(end is StreamEnd.Cut, text.EndsWith("\n\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SplitUtf8_TearsTheCharacterApart()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.SplitUtf8("wave 🌊", gate.Task), Token);
        using var response = await PostAsync(upstream, """{"stream":true}""");
        var stream = await response.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[4096];

        var first = await stream.ReadAsync(buffer, Token);
        gate.SetResult();
        var rest = await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync(Token);
        var whole = Encoding.UTF8.GetString([.. buffer[..first], .. Encoding.Latin1.GetBytes(rest)]);

        Assert.Equal(0xF0, buffer[first - 1]);
        Assert.Contains("wave 🌊", whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_SpeaksOpenAIAndSaysWhenToRetry()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 3), Token);

        using var response = await PostAsync(upstream, "{}");

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(3)), (response.StatusCode, response.Headers.RetryAfter!.Delta));
        Assert.Equal(
            """{"error":{"message":"The upstream answers 429.","type":"requests","param":null,"code":"rate_limit_exceeded"}}""",
            await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hang_SeesTheCallerGoAway(bool beforeHeaders)
    {
        await using var upstream = await FakeUpstream.StartAsync(
            beforeHeaders ? UpstreamReply.HangBeforeHeaders() : UpstreamStreaming.HangAfterHeaders(), Token);
        using var giveUp = new CancellationTokenSource();
        var call = ReadAllAsync(upstream, giveUp.Token);
        var request = await upstream.NextRequestAsync(Token);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await request.CancelledAsync(Token);
        await request.EndedAsync(Token);
        Assert.True(request.IsCancelled);
    }

    [Fact]
    public async Task AbortAndRefuse_FailTheCallAndAreNotTheCallersCancellation()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Abort(), Token);

        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(upstream, "{}"));
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(FakeUpstream.Refusing(), Token));

        Assert.False((await upstream.NextRequestAsync(Token)).IsCancelled);
    }

    private async Task<string> ReadAllAsync(FakeUpstream upstream, CancellationToken cancellationToken)
    {
        using var response = await _client.PostAsJsonAsync($"{upstream.Endpoint}/chat/completions", new { model = "m" }, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private Task<HttpResponseMessage> PostAsync(FakeUpstream upstream, string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{upstream.Endpoint}/chat/completions")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
