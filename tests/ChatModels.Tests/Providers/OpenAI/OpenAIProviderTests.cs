using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using ChatModels.Providers;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using OpenAI.Chat;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;
using Upstream = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Providers.OpenAI;

public sealed class OpenAIProviderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Chat_PassesBytesBothWays()
    {
        await using var upstream = await FakeUpstream.StartAsync(Upstream.Completion("Hello."), Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        const string Strange = """{ "model":"gpt-test", "messages":[],"unknown_field" : {"deep":[1,2.50,"\u00e9"]} }""";

        await using var reply = await provider.SendAsync(Request(Strange), Ct);
        var completion = ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(await ReadAsync(reply, Ct)))!;

        Assert.Equal((200, "application/json", "Hello."), (reply.Status, reply.ContentType, completion.Content[0].Text));
        Assert.Equal(Strange, Encoding.UTF8.GetString(Assert.Single(upstream.Requests).Body));
    }

    [Fact]
    public async Task Send_Stream_IsReadFrameByFrameAsItComes()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["one", "two"], BeforeChunk = index => index == 1 ? gate.Task : Task.CompletedTask }), Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));

        await using var reply = await provider.SendAsync(Request(stream: true), Ct);
        using var reader = new StreamReader(reply.Body);
        var line = "";
        while (!line.Contains("one", StringComparison.Ordinal))
        {
            line = await reader.ReadLineAsync(Ct) ?? throw new InvalidOperationException("The stream ended before its first word.");
        }

        gate.SetResult();
        var rest = await reader.ReadToEndAsync(Ct);

        Assert.StartsWith("text/event-stream", reply.ContentType, StringComparison.Ordinal);
        Assert.Contains("two", rest, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "/v1/chat/completions")]
    [InlineData("/", "", "/v1/chat/completions")]
    [InlineData("/", "?api-version=2024-10-21&x=%20y", "/v1/chat/completions?api-version=2024-10-21&x=%20y")]
    [InlineData("/deep%2Fer", "", "/v1/deep%2Fer/chat/completions")]
    public async Task Send_AnyEndpoint_PutsThePathInItsPlace(string path, string query, string expected)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(new Uri($"{upstream.Endpoint}{path}{query}")));

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.Equal(expected, Assert.Single(upstream.Requests).Path);
    }

    [Fact]
    public async Task Send_Embeddings_GoesToTheirPath()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));

        await using var reply = await provider.SendAsync(Request(operation: UpstreamOperation.Embeddings), Ct);

        Assert.Equal("/v1/embeddings", Assert.Single(upstream.Requests).Path);
    }

    [Fact]
    public async Task Send_ManySizesOverOneConnection_EachArrivesWhole()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        int[] sizes = [1, 5_000, 2, 100_000, 0, 4_095, 4_096, 4_097, 1_048_576, 3, 65_536, 17];

        foreach (var size in sizes)
        {
            await using var reply = await provider.SendAsync(Request($$"""{"text":"{{new string('x', size)}}"}"""), Ct);
            await ReadAsync(reply, Ct);
        }

        Assert.Equal(sizes.Select(size => size + 11), upstream.Requests.Select(request => request.Body.Length));
        Assert.All(upstream.Requests, request => Assert.Equal($"{request.Body.Length}", request.Headers["Content-Length"]));
    }

    [Fact]
    public async Task Send_SameBodyAgain_SendsTheSameBytesAgain()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        var original = Encoding.UTF8.GetBytes(Body);
        var request = new ChatModels.Providers.UpstreamRequest
        {
            Operation = UpstreamOperation.ChatCompletions,
            Model = "m",
            Body = new RequestBody(original, [new BodyEdit(9, 10, "\"a-much-longer-name\""u8.ToArray())]),
        };

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await using var reply = await provider.SendAsync(request, Ct);
            await ReadAsync(reply, Ct);
        }

        Assert.All(upstream.Requests, sent => Assert.Equal("a-much-longer-name", sent.Json.GetProperty("model").GetString()));
        Assert.False(request.Body.IsBeingWritten);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(529)]
    [InlineData(302)]
    public async Task Send_AnyStatus_IsAnAnswerAndNoException(int status)
    {
        await using var upstream = await FakeUpstream.StartAsync((context, body) =>
        {
            context.Response.Headers.Location = "/elsewhere";
            return Upstream.Error(status)(context, body);
        }, Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.Equal(status, reply.Status);
        Assert.Contains($"{status}", await ReadAsync(reply, Ct), StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Thu, 01 Jan 2026 00:00:30 GMT", 30)]
    [InlineData("Thu, 01 Jan 2015 00:00:00 GMT", 0)]
    [InlineData("2000000000", 86_400)]
    [InlineData("soon", null)]
    public async Task Send_RetryAfter_IsReadAsSecondsOrDateWithinADay(string header, int? seconds)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var upstream = await FakeUpstream.StartAsync((context, body) =>
        {
            context.Response.Headers.RetryAfter = header;
            return Upstream.Error(429)(context, body);
        }, Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint), clock);

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.Equal(seconds, (int?)reply.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("x-request-id")]
    [InlineData("request-id")]
    public async Task Send_VendorsRequestId_IsKept(string header)
    {
        await using var upstream = await FakeUpstream.StartAsync((context, body) =>
        {
            context.Response.Headers[header] = "req_42";
            return Upstream.Completion("x")(context, body);
        }, Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.Equal("req_42", reply.RequestId);
        Assert.Equal(reply.ContentLength, Encoding.UTF8.GetByteCount(await ReadAsync(reply, Ct)));
    }

    [Fact]
    public async Task Send_NobodyListens_ThrowsWhatTheContractSays()
    {
        await using var provider = await CreateAsync(Options(FakeUpstream.Refusing()));

        await Assert.ThrowsAsync<HttpRequestException>(() => provider.SendAsync(Request(), Ct).AsTask());
    }

    [Fact]
    public async Task Send_CompressedAnswer_IsPassedOnAsItIs()
    {
        await using var upstream = await FakeUpstream.StartAsync(async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(new byte[] { 0x1f, 0x8b, 1 }, Ct);
        }, Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));

        await using var reply = await provider.SendAsync(Request(), Ct);
        var bytes = new byte[8];

        Assert.Equal(3, await reply.Body.ReadAtLeastAsync(bytes, 8, throwOnEndOfStream: false, Ct));
        Assert.Equal((int)HttpStatusCode.OK, reply.Status);
    }
}
