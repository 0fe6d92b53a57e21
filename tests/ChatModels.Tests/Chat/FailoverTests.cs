using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public class FailoverTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task AFailingDeployment_IsFollowedByTheNextOne(int status)
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(status), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith(failing.Endpoint, good.Endpoint);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Null(reply.Failure);
        Assert.Equal((2, "p1/p1-model"), (reply.Route.Attempts, reply.Route.Deployment));
    }

    [Fact]
    public async Task AStreamThatBreaksBeforeContent_IsFollowedByTheNextOne()
    {
        await using var cut = await FakeUpstream.StartAsync(UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = [], End = StreamEnd.Cut }), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith(cut.Endpoint, good.Endpoint);

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream: true), Cancelled);

        Assert.Equal(2, reply.Route.Attempts);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamThatBreaksAfterContent_IsNeverStartedAnew()
    {
        await using var cut = await FakeUpstream.StartAsync(UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["Once"], End = StreamEnd.CutMidFrame }), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith(cut.Endpoint, good.Endpoint);

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream: true), Cancelled);

        Assert.Empty(good.Requests);
        Assert.Equal(ErrorCodes.UpstreamTruncated, reply.BrokenOff?.Code);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task TheCallersOwnMistake_IsNotTriedElsewhere(int status)
    {
        await using var refusing = await FakeUpstream.StartAsync(UpstreamReply.Error(status), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith(refusing.Endpoint, good.Endpoint);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal(status, reply.Failure!.Status);
        Assert.Empty(good.Requests);
    }

    [Fact]
    public async Task WhenAllLimitTheRate_TheCallerIsToldTheShortestWait()
    {
        await using var slow = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 30), Cancelled);
        await using var quick = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 7), Cancelled);
        await using var host = await HostWith(slow.Endpoint, quick.Endpoint);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((429, TimeSpan.FromSeconds(7), "p0"), (reply.Failure!.Status, reply.Failure.RetryAfter, reply.Failure.Provider));
    }

    [Fact]
    public async Task WhenAllFail_TheFirstDeploymentsErrorIsTheAnswer()
    {
        await using var first = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var second = await FakeUpstream.StartAsync(UpstreamReply.Error(401), Cancelled);
        await using var host = await HostWith(first.Endpoint, second.Endpoint);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((ErrorCodes.UpstreamError, "p0", 2), (reply.Failure!.Code, reply.Failure.Provider, reply.Route.Attempts));
    }

    private static async Task<ChatHost> HostWith(params Uri[] endpoints)
    {
        var host = await ChatHost.StartAsync();
        for (var i = 0; i < endpoints.Length; i++)
        {
            await host.AddProviderAsync($"p{i}", endpoints[i]);
        }

        await host.AddModelAsync("m", [.. endpoints.Select((_, i) => $"p{i}")]);
        return host;
    }
}
