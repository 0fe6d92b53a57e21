using System.Diagnostics;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;
using Upstream = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Providers.OpenAI;

public sealed class OpenAICancellationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_CancelledBeforeTheHeaders_ReachesTheUpstream()
    {
        await using var upstream = await FakeUpstream.StartAsync(Upstream.HangBeforeHeaders(), Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        using var stop = new CancellationTokenSource();
        var sending = provider.SendAsync(Request(), stop.Token).AsTask();
        var request = await upstream.NextRequestAsync(Ct);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await request.CancelledAsync(Ct);
    }

    [Fact]
    public async Task Read_CancelledMidStream_ReachesTheUpstream()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.HangAfterHeaders(), Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        using var stop = new CancellationTokenSource();
        await using var reply = await provider.SendAsync(Request(stream: true), Ct);
        var reading = reply.Body.ReadAsync(new byte[100], stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await (await upstream.NextRequestAsync(Ct)).CancelledAsync(Ct);
    }

    [Fact]
    public async Task Dispose_BeforeTheEnd_AbandonsTheAnswerUpstreamAtOnce()
    {
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["one"], End = StreamEnd.Hang }), Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        var reply = await provider.SendAsync(Request(stream: true), Ct);
        _ = await reply.Body.ReadAsync(new byte[10], Ct);
        var request = await upstream.NextRequestAsync(Ct);
        var started = Stopwatch.GetTimestamp();

        await reply.DisposeAsync();
        await request.CancelledAsync(Ct);

        // A handler that drained first would take two seconds.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 1);
    }

    [Fact]
    public async Task Read_UpstreamCuts_ThrowsInsteadOfEnding()
    {
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["one"], End = StreamEnd.Cut }), Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        await using var reply = await provider.SendAsync(Request(stream: true), Ct);

        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(reply, Ct));
    }
}
