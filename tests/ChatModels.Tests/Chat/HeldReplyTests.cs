using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Chat;

/// <summary>Streams whose headers can't be held back until there is content.</summary>
public sealed class HeldReplyTests
{
    private const string Comment = ": keep-alive\n\n";
    private static readonly ChatSendOptions Held = new() { KeepAlive = true };

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStreamWithoutContentInTime_BeginsWithComments_AndGoesOnAsUsual()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Auto("At last.")), Cancelled);
        await using var host = await HostWith(upstream);
        await using var reply = await HeldAsync(host, upstream);

        Assert.Equal((true, Comment), (reply.IsStream, await ReadAsync(reply)));
        var next = ReadAsync(reply);
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Comment, await next);
        gate.SetResult();
        var rest = await ReadAllAsync(reply);

        Assert.Contains("At", rest, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
        Assert.Null(reply.BrokenOff);
    }

    [Fact]
    public async Task UntilThereIsContent_AnotherDeploymentMayAnswer()
    {
        var gate = new TaskCompletionSource();
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Error(500)), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith(failing, good);
        await using var reply = await HeldAsync(host, failing);

        Assert.Equal(Comment, await ReadAsync(reply));
        gate.SetResult();

        Assert.EndsWith("data: [DONE]\n\n", await ReadAllAsync(reply), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailureAfterTheHeaders_IsToldInBand_WithoutDone()
    {
        var gate = new TaskCompletionSource();
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Error(500)), Cancelled);
        await using var host = await HostWith(failing);
        await using var reply = await HeldAsync(host, failing);

        Assert.Equal(Comment, await ReadAsync(reply));
        gate.SetResult();
        var rest = await ReadAllAsync(reply);

        Assert.StartsWith("data: {\"error\":{", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.UpstreamError, reply.BrokenOff?.Code);
    }

    [Theory]
    [InlineData(UpstreamOperation.ChatCompletions, "data: {\"error\":{\"message\":\"Too\\nlong.\",\"type\":\"invalid_request_error\",\"param\":\"messages\",\"code\":\"long\"},\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\n")]
    [InlineData(UpstreamOperation.Messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Too\\nlong.\"},\"request_id\":null}\n\n")]
    public async Task ARefusalInTheProvidersWords_IsOneEvent_HoweverItWasWritten(UpstreamOperation operation, string expected)
    {
        var gate = new TaskCompletionSource();
        var pretty = "{\n  \"error\": {\n    \"message\": \"Too\\nlong.\",\n    \"type\": \"odd\",\n    \"param\": \"messages\",\n    \"code\": \"long\"\n  }\n}\n";
        await using var refusing = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Json(pretty, 400)), Cancelled);
        await using var host = await HostWith(refusing);
        await using var reply = await HeldAsync(host, refusing, operation: operation);

        Assert.Equal(Comment, await ReadAsync(reply));
        gate.SetResult();

        Assert.Equal(expected, await ReadAllAsync(reply));
    }

    [Fact]
    public async Task ACallerWhoGoesAwayMeanwhile_ReachesTheUpstream()
    {
        await using var hanging = await FakeUpstream.StartAsync(UpstreamReply.HangBeforeHeaders(), Cancelled);
        await using var host = await HostWith(hanging);
        using var caller = new CancellationTokenSource();
        var reply = await HeldAsync(host, hanging, caller.Token);
        Assert.Equal(Comment, await ReadAsync(reply));
        var next = reply.ReadAsync(caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await reply.DisposeAsync();
        await hanging.Requests[0].CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task WithContentInTime_AndWithoutAStream_NothingIsHeld()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith(upstream);

        foreach (var stream in new[] { true, false })
        {
            await using var reply = await host.Pipeline.SendAsync(ChatHost.Call(Encoding.UTF8.GetBytes(ChatHost.Ask("m", stream))), Held, Cancelled);

            Assert.DoesNotContain(Comment, await ReadAllAsync(reply), StringComparison.Ordinal);
        }
    }

    private async Task<ChatReply> HeldAsync(ChatHost host, FakeUpstream upstream, CancellationToken? caller = null, UpstreamOperation operation = UpstreamOperation.ChatCompletions)
    {
        var body = Encoding.UTF8.GetBytes($"{ChatHost.Ask("m", stream: true)[..^1]},\"max_tokens\":9}}");
        var sending = host.Pipeline.SendAsync(new ChatCall(operation, body), Held, caller ?? Cancelled).AsTask();
        await upstream.NextRequestAsync(Cancelled);
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(sending.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        return await sending;
    }

    private static async Task<string> ReadAsync(ChatReply reply) => Encoding.UTF8.GetString((await reply.ReadAsync(Cancelled)).Span);

    private static async Task<string> ReadAllAsync(ChatReply reply)
    {
        var all = new StringBuilder();
        while (await ReadAsync(reply) is { Length: > 0 } text)
        {
            all.Append(text);
        }

        return all.ToString();
    }

    private async Task<ChatHost> HostWith(params FakeUpstream[] upstreams)
    {
        var host = await ChatHost.StartAsync(_clock);
        for (var i = 0; i < upstreams.Length; i++)
        {
            await host.AddProviderAsync($"p{i}", upstreams[i].Endpoint);
        }

        await host.AddModelAsync("m", [.. upstreams.Select((_, i) => $"p{i}")]);
        return host;
    }
}
