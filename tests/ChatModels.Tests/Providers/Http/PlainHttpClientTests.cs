using System.Text;
using ChatModels.Providers;
using ChatModels.Providers.Http;
using ChatModels.Providers.Http.Plain;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Providers.Http;

public sealed class PlainHttpClientTests
{
    private const string Whole = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Whole)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;last=yes\r\n}\r\n0\r\nTrailer: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200\r\ncontent-length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length:2\n\n{}")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task AnAnswer_IsReadWhole_AndItsConnectionServesTheNext(string answer)
    {
        await using var server = new ScriptedServer(answer);
        using var client = Client(server);

        var answers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await AskAsync(client, server));
        }

        Assert.Equal(["{}", "{}", "{}"], answers);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}behind")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    public async Task AConnectionThatIsNotToBeTrusted_IsNotUsedAgain(string answer)
    {
        await using var server = new ScriptedServer(answer);
        using var client = Client(server);

        Assert.Equal(("{}", "{}"), (await AskAsync(client, server), await AskAsync(client, server)));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task AnAnswerWithoutALength_EndsWithItsConnection()
    {
        await using var server = new ScriptedServer(async (_, stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n{}"u8.ToArray());
            return false;
        });
        using var client = Client(server);

        Assert.Equal("{}", await AskAsync(client, server));
    }

    [Theory]
    [InlineData("hello\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 99 Low\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName : x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n")]
    public async Task WhatIsNoAnswer_IsInvalid(string answer)
    {
        await using var server = new ScriptedServer(answer);
        using var client = Client(server);

        await Assert.ThrowsAsync<InvalidDataException>(() => AskAsync(client, server));
    }

    [Fact]
    public async Task AHeadWithoutEnd_IsInvalid()
    {
        await using var server = new ScriptedServer("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat($"x: {new string('y', 1000)}\r\n", 70)));
        using var client = Client(server);

        await Assert.ThrowsAsync<InvalidDataException>(() => AskAsync(client, server));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")]
    public async Task AnAnswerThatIsCut_IsNoAnswer(string cut)
    {
        await using var server = new ScriptedServer(async (_, stream, _) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(cut));
            return false;
        });
        using var client = Client(server);

        await Assert.ThrowsAsync<HttpIOException>(() => AskAsync(client, server));
    }

    [Fact]
    public async Task AConnectionThatTheServerClosedMeanwhile_IsReplaced()
    {
        await using var server = new ScriptedServer(async (_, stream, _) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(Whole));
            return false;
        });
        var time = new FakeTimeProvider();
        using var client = Client(server, time);
        await AskAsync(client, server);
        await server.ConnectionsEnded;

        // Longer than a connection is taken at its word.
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("{}", await AskAsync(client, server));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task ALongBody_IsRefusedBeforeItIsRead_AndTheRefusalIsSeen()
    {
        var seen = new TaskCompletionSource();
        await using var server = new ScriptedServer(async (_, stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
            await seen.Task;
            return false;
        });
        using var client = Client(server);
        var request = Request(new byte[32 * 1024 * 1024]);

        await using var reply = await client.PostAsync(server.Endpoint, request, Ct);

        var isBeingWritten = request.Body.IsBeingWritten;
        seen.SetResult();

        Assert.Equal((413, true), (reply.Status, isBeingWritten));
    }

    [Fact]
    public async Task ALongBody_ArrivesWhole()
    {
        var length = 0L;
        await using var server = new ScriptedServer(async (_, stream, _) =>
        {
            var buffer = new byte[64 * 1024];
            while (length < 3 * 1024 * 1024)
            {
                length += await stream.ReadAsync(buffer, Ct);
            }

            await stream.WriteAsync(Encoding.Latin1.GetBytes(Whole), Ct);
            return true;
        });
        using var client = Client(server);

        await using var reply = await client.PostAsync(server.Endpoint, Request(new byte[3 * 1024 * 1024]), Ct);

        Assert.Equal((200, 3 * 1024 * 1024), (reply.Status, length));
    }

    [Fact]
    public async Task CancelledWhileItReads_ItEndsTheConnection_AndTheNextRequestGetsAnother()
    {
        await using var server = new ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Whole);
        using var client = Client(server);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using var reply = await client.PostAsync(server.Endpoint, Request("{}"u8.ToArray()), cancellation.Token);
        var buffer = new byte[16];
        Assert.Equal(1, await reply.Body.ReadAsync(buffer, cancellation.Token));
        var reading = reply.Body.ReadAsync(buffer, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => reading.AsTask());
        Assert.Equal("{}", await AskAsync(client, server));
        Assert.Equal(2, server.Connections);
    }

    private static PlainHttpClient Client(ScriptedServer server, TimeProvider? time = null) =>
        new(server.Endpoint, new RequestHeaders(new ProviderOptions { Id = "p", Endpoint = server.Endpoint }), time ?? TimeProvider.System);

    private static UpstreamRequest Request(byte[] body) =>
        new() { Operation = UpstreamOperation.ChatCompletions, Model = "m", Body = new RequestBody(body) };

    private static async Task<string> AskAsync(PlainHttpClient client, ScriptedServer server)
    {
        await using var reply = await client.PostAsync(server.Endpoint, Request("{\"model\":\"m\"}"u8.ToArray()), Ct);
        using var reader = new StreamReader(reply.Body);
        return await reader.ReadToEndAsync(Ct);
    }
}
