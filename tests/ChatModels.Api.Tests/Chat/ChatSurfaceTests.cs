using System.Net;
using System.Net.Http.Headers;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>POST /v1/chat/completions as bytes and headers.</summary>
public sealed class ChatSurfaceTests(ApiFixture fixture)
{
    private const string Path = "/v1/chat/completions";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAnswer_SaysHowItCameAbout()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Completion("Hello."));

        using var response = await chat.Client.SendAsync(HttpMethod.Post, Path, chat.Ask(), Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1", response.Header("x-chatmodels-attempts"));
        Assert.EndsWith("/vendor-model", response.Header("x-chatmodels-deployment"), StringComparison.Ordinal);
        Assert.Matches("^[1-9][0-9]*$", response.Header("x-chatmodels-registry-revision"));
        Assert.NotEqual("", response.Header("x-request-id"));
    }

    [Fact]
    public async Task TheCallersHeaders_StayHere()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Completion("Hello."));

        await chat.Client.SendAsync(HttpMethod.Post, Path, chat.Ask(), Cancelled, ("Authorization", "Bearer callers-key"), ("Cookie", "a=b"), ("baggage", "user=1"), ("X-Custom", "1"));

        Assert.DoesNotContain(chat.Upstream.Requests[0].Headers, h => h.Value.Contains("callers-key", StringComparison.Ordinal));
        Assert.DoesNotContain(chat.Upstream.Requests[0].Headers.Keys, name => name.ToLowerInvariant() is "cookie" or "baggage" or "x-custom" or "traceparent" or "authorization");
    }

    [Theory]
    [InlineData("{\"model\":", "invalid_request", null)]
    [InlineData("[]", "invalid_request", null)]
    [InlineData("{\"messages\":[]}", "invalid_request", "model")]
    [InlineData("{\"model\":\"sim-fast\"}", "invalid_request", "messages")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":[],\"stream\":3}", "invalid_request", "stream")]
    [InlineData("", "invalid_request", null)]
    [InlineData("\"model\"", "invalid_request", null)]
    [InlineData("{\"model\":7,\"messages\":[]}", "invalid_request", "model")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":\"Hi\"}", "invalid_request", "messages")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":null}", "invalid_request", "messages")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":[],\"tools\":7}", "invalid_request", "tools")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":[],\"stream_options\":7}", "invalid_request", "stream_options")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":[],\"messages\":[]}", "invalid_request", "messages")]
    [InlineData("{\"model\":\"sim-fast\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://e.com/a.png\"}}]}]}", "capability_missing", "messages")]
    public async Task ABadBody_Is400AndNamesTheField(string body, string code, string? param)
    {
        using var response = await fixture.Client.SendAsync(HttpMethod.Post, Path, body, Cancelled);

        var error = await response.IsOpenAiErrorAsync(400, code, "invalid_request_error", Cancelled);
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task ABodyOverThe32MiB_Is413_AlsoWithoutALength()
    {
        using var announced = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json(new byte[(32 * 1024 * 1024) + 1]) };
        using var refused = await fixture.Client.SendAsync(announced, Cancelled);
        await refused.IsOpenAiErrorAsync(413, "request_too_large", "invalid_request_error", Cancelled);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json(new byte[(32 * 1024 * 1024) + 1]), Headers = { TransferEncodingChunked = true } };
        try
        {
            using var response = await fixture.Client.SendAsync(chunked, Cancelled);
            await response.IsOpenAiErrorAsync(413, "request_too_large", "invalid_request_error", Cancelled);
        }
        catch (HttpRequestException e) when (e.InnerException is IOException)
        {
            // The connection was closed on a caller that went on sending; it may see that before the answer.
        }
    }

    [Theory]
    [InlineData("text/plain", null, "unsupported_media_type")]
    [InlineData("application/json", "gzip", "unsupported_content_encoding")]
    public async Task ABodyThatIsNotPlainJson_Is415(string type, string? encoding, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json("{}"u8.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        using var response = await fixture.Client.SendAsync(request, Cancelled);

        await response.IsOpenAiErrorAsync(415, code, "invalid_request_error", Cancelled);
    }

    [Fact]
    public async Task AStreamThatBreaksOff_EndsWithAnErrorAndWithoutDone()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.CutMidFrame }));

        using var response = await chat.Client.SendAsync(HttpMethod.Post, Path, chat.Ask(stream: true), Cancelled);
        var body = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"code\":\"upstream_truncated\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ALongAnswerThatIsCutMidway_IsCutForTheClientToo_AndNoErrorInOurLog(bool isLengthKnown)
    {
        await using var api = await TestApi.StartAsync(Cancelled);
        await api.UntilReadyAsync(Cancelled);
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.CutAfter(3 * 1024 * 1024, isLengthKnown));
        using var message = chat.Message(stream: false);

        using var response = await api.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Cancelled));
        var deployments = await (await api.Client.GetAsync($"/registry/deployments?model={chat.Model}", Cancelled)).JsonAsync(Cancelled);
        Assert.Equal(1, deployments.GetProperty("deployments")[0].GetProperty("failures").GetInt32());
        Assert.DoesNotContain(api.Logs.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task NothingThatAnUpstreamDoes_IsAnErrorInOurLog()
    {
        await using var api = await TestApi.StartAsync(Cancelled);
        await api.UntilReadyAsync(Cancelled);
        foreach (var behaviour in new[]
        {
            UpstreamReply.Abort(), UpstreamReply.NonJsonError(), UpstreamReply.Json("{"), UpstreamReply.Error(500),
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["a"], End = StreamEnd.Cut }), UpstreamStreaming.Raw(["data: \xff\xfe\n\n"u8.ToArray()]),
        })
        {
            await using var chat = await ChatFixture.StartAsync(api, behaviour);
            using var whole = await api.Client.SendAsync(HttpMethod.Post, Path, chat.Ask(), Cancelled);
            using var stream = await api.Client.SendAsync(HttpMethod.Post, Path, chat.Ask(stream: true), Cancelled);

            Assert.InRange((int)whole.StatusCode, 502, 503);
            Assert.NotEqual(HttpStatusCode.InternalServerError, stream.StatusCode);
        }

        Assert.DoesNotContain(api.Logs.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task TheLongestPrompt_GoesThrough()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Completion("Read."));
        var text = new string('x', 8 * 1024 * 1024);

        using var response = await chat.Client.SendAsync(HttpMethod.Post, Path, chat.Ask().Replace("Hi", text, StringComparison.Ordinal), Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(text, chat.Upstream.Requests[0].Json.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
