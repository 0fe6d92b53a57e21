using System.Net;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>How long a client waits for the headers of a stream, over HTTP.</summary>
public sealed class HeaderHoldTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HeadersComeWithoutContent_WhenItTakesTooLong_AndCommentsUntilThereIsSome()
    {
        var gate = new TaskCompletionSource();
        await using var api = await StartAsync();
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.After(gate.Task, UpstreamReply.Auto("At last.")));

        using var response = await SendAsync(chat);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        using var lines = new StreamReader(body);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal([": keep-alive", "", ": keep-alive", ""], [await lines.ReadLineAsync(Cancelled), await lines.ReadLineAsync(Cancelled), await lines.ReadLineAsync(Cancelled), await lines.ReadLineAsync(Cancelled)]);
        gate.SetResult();
        var rest = await lines.ReadToEndAsync(Cancelled);

        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailureThatComesLater_IsToldInBand()
    {
        var gate = new TaskCompletionSource();
        await using var api = await StartAsync();
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.After(gate.Task, UpstreamReply.Error(500)));

        using var response = await SendAsync(chat);
        gate.SetResult();
        var body = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("data: {\"error\":{", body, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_error\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailureThatComesInTime_HasItsStatus()
    {
        await using var api = await StartAsync(hold: "00:00:30");
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.Error(500));

        using var response = await SendAsync(chat);

        Assert.Equal((HttpStatusCode.BadGateway, "false"), (response.StatusCode, response.Header("x-should-retry")));
    }

    private static async Task<TestApi> StartAsync(string hold = "00:00:00.050")
    {
        var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ChatModels:Chat:HeaderHold"] = hold, ["ChatModels:Chat:KeepAliveInterval"] = "00:00:00.050" });
        await api.UntilReadyAsync(Cancelled);
        return api;
    }

    private static Task<HttpResponseMessage> SendAsync(ChatFixture chat) => chat.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(chat.Ask(stream: true), null, "application/json") },
        HttpCompletionOption.ResponseHeadersRead, Cancelled);
}
