using ChatModels.Chat.Health;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>What becomes of requests when deployments fail again and again, ask for a wait, or have none left but those of another model.</summary>
public sealed class RoutingTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADeploymentThatKeepsFailing_IsLeftAlone_AndTriedOnceWhenItsCooldownEnds()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([failing.Endpoint, good.Endpoint]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Null((await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Reply.Failure);
        }

        Assert.Equal((3, 10), (failing.Requests.Count, good.Requests.Count));
        _clock.Advance(TimeSpan.FromSeconds(5));
        failing.OnChat = UpstreamReply.Completion("Back.");
        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        Assert.Equal((1, "p0/p0-model"), (reply.Route.Attempts, reply.Route.Deployment));
        Assert.Equal(Availability.Ready, Report(host, "p0").Availability);
    }

    [Fact]
    public async Task Of64RequestsAtOnce_ExactlyOneTriesTheDeploymentWhoseCooldownHasEnded()
    {
        var gate = new TaskCompletionSource();
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([failing.Endpoint, good.Endpoint], ("ChatModels:Chat:CooldownFailures", "1"));
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        failing.OnChat = UpstreamReply.After(gate.Task, UpstreamReply.Error(500));
        _clock.Advance(TimeSpan.FromSeconds(5));

        var asking = Enumerable.Range(0, 64).Select(_ => Task.Run(() => host.AskAsync(ChatHost.Ask("m"), Cancelled), Cancelled)).ToArray();
        await WaitUntil.TrueAsync(() => asking.Count(a => a.IsCompleted) == 63, "all but the one that tries", cancellationToken: Cancelled);
        gate.SetResult();
        var answers = await Task.WhenAll(asking);

        Assert.All(answers, a => Assert.Null(a.Reply.Failure));
        Assert.Equal((2, 65), (failing.Requests.Count, good.Requests.Count));
        Assert.Equal(Availability.Cooling, Report(host, "p0").Availability);
    }

    [Fact]
    public async Task TheOnlyDeployment_IsTriedHoweverOftenItFailed()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(503), Cancelled);
        await using var host = await HostWith([failing.Endpoint]);

        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(503, (await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Reply.Failure!.Status);
        }

        Assert.Equal(8, failing.Requests.Count);
        Assert.Equal(Availability.Cooling, Report(host, "p0").Availability);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task TheCallersOwnMistakes_AreNotHeldAgainstADeployment_AndReachNoFallback(int status)
    {
        await using var refusing = await FakeUpstream.StartAsync(UpstreamReply.Error(status), Cancelled);
        await using var other = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([refusing.Endpoint, other.Endpoint]);
        await AddModelAsync(host, "spare", "p1");
        await AddModelAsync(host, "m", "p0", "spare");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(status, (await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Reply.Failure!.Status);
        }

        Assert.Equal((Availability.Ready, 0), (Report(host, "p0").Availability, other.Requests.Count));
    }

    [Fact]
    public async Task AChangeOfAnotherEntity_KeepsWhatIsKnown_AndANewConnectionForgetsIt()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([failing.Endpoint, good.Endpoint], ("ChatModels:Chat:CooldownFailures", "1"));
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        await AddModelAsync(host, "unrelated", "p1");
        await host.AddProviderAsync("p1", good.Endpoint, p => p with { Timeout = TimeSpan.FromSeconds(7) });
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        Assert.Equal((Availability.Cooling, 1), (Report(host, "p0").Availability, failing.Requests.Count));

        await host.AddProviderAsync("p0", good.Endpoint);
        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal("p0/p0-model", reply.Route.Deployment);
    }

    [Fact]
    public async Task WhatIsKnown_GoesWithTheDeployment()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var host = await HostWith([failing.Endpoint], ("ChatModels:Chat:CooldownFailures", "1"));
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        Assert.Equal(1, Report(host, "p0").Failures);

        await host.Registry.DeleteModelAsync("m", Precondition.None, "test", Cancelled);

        await WaitUntil.TrueAsync(() => Report(host, "p0") == HealthReport.Untried, "the deployment to be forgotten", cancellationToken: Cancelled);
    }

    [Fact]
    public async Task AShortWait_ThatTheOnlyProviderAskedFor_IsTaken()
    {
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.InTurn(UpstreamReply.Error(429, retryAfterSeconds: 1), UpstreamReply.Completion("Good.")), Cancelled);
        await using var host = await HostWith([limited.Endpoint]);
        var asking = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await WaitUntil.TrueAsync(() => Report(host, "p0").Failures == 1, "the refusal", cancellationToken: Cancelled);

        _clock.Advance(TimeSpan.FromSeconds(0.99));
        Assert.Single(limited.Requests);
        await AdvanceUntilAsync(asking);

        Assert.Equal((null, 2), ((await asking).Reply.Failure, (await asking).Reply.Route.Attempts));
    }

    [Fact]
    public async Task AWaitThatIsTooLong_IsTheCallersToTake()
    {
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 3), Cancelled);
        await using var host = await HostWith([limited.Endpoint]);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((429, TimeSpan.FromSeconds(3), 1), (reply.Failure!.Status, reply.Failure.RetryAfter, reply.Route.Attempts));
    }

    [Fact]
    public async Task ACallerWhoGoesAwayDuringAWait_IsNotServedAnyMore()
    {
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 1), Cancelled);
        await using var host = await HostWith([limited.Endpoint]);
        using var caller = new CancellationTokenSource();
        var asking = host.AskAsync(ChatHost.Ask("m"), caller.Token);
        await WaitUntil.TrueAsync(() => Report(host, "p0").Failures == 1, "the refusal", cancellationToken: Cancelled);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Single(limited.Requests);
    }

    [Fact]
    public async Task AllAttemptsTogether_HaveOneDeadline()
    {
        await using var hanging = await FakeUpstream.StartAsync(UpstreamReply.HangBeforeHeaders(), Cancelled);
        await using var other = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([hanging.Endpoint, other.Endpoint], ("ChatModels:Chat:OverallDeadline", "00:00:20"));
        var asking = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await hanging.NextRequestAsync(Cancelled);

        _clock.Advance(TimeSpan.FromSeconds(20));

        var (reply, _) = await asking;
        Assert.Equal((ErrorCodes.UpstreamTimeout, 1, 0), (reply.Failure!.Code, reply.Route.Attempts, other.Requests.Count));
    }

    [Fact]
    public async Task WhenNoDeploymentAnswers_AFallbackThatCanDoes_AndIsNamed()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good."), Cancelled);
        await using var host = await HostWith([failing.Endpoint, good.Endpoint]);
        await host.AddModelAsync("off", new ModelConfig { Deployments = [new() { Provider = "p1", Model = "x" }], Enabled = false });
        await host.AddModelAsync("mute", new ModelConfig { Deployments = [new() { Provider = "p1", Model = "x" }], Capabilities = [ModelCapabilities.Chat] });
        await AddModelAsync(host, "spare", "p1");
        await AddModelAsync(host, "m", "p0", "off", "mute", "spare");

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m", stream: true), Cancelled);

        Assert.Null(reply.Failure);
        Assert.Equal(("spare", "p1/p1-model", 2), (reply.Route.FallbackModel, reply.Route.Deployment, reply.Route.Attempts));
    }

    [Fact]
    public async Task WhenFallbacksFailToo_TheFirstFailureIsTheAnswer_AndCirclesEnd()
    {
        await using var first = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var second = await FakeUpstream.StartAsync(UpstreamReply.Error(401), Cancelled);
        await using var host = await HostWith([first.Endpoint, second.Endpoint]);
        await AddModelAsync(host, "m", "p0");
        await AddModelAsync(host, "other", "p1", "m");
        await AddModelAsync(host, "m", "p0", "other");

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((ErrorCodes.UpstreamError, "p0", 2), (reply.Failure!.Code, reply.Failure.Provider, reply.Route.Attempts));
        Assert.Equal((1, 1), (first.Requests.Count, second.Requests.Count));
    }

    [Fact]
    public async Task TheLastAttempt_IsKeptForAFallback()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([failing.Endpoint, good.Endpoint], ("ChatModels:Chat:MaxAttempts", "3"));
        await AddModelAsync(host, "spare", "p1");
        await host.AddModelAsync("m", new ModelConfig
        {
            Deployments = [.. Enumerable.Range(0, 5).Select(i => new DeploymentConfig { Provider = "p0", Model = $"x{i}" })],
            Fallbacks = ["spare"],
        });

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((null, "spare", 3), (reply.Failure, reply.Route.FallbackModel, reply.Route.Attempts));
    }

    [Fact]
    public async Task AModelWhoseProvidersAreAllOff_IsServedByItsFallback()
    {
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith([good.Endpoint, good.Endpoint]);
        await AddModelAsync(host, "spare", "p1");
        await AddModelAsync(host, "m", "p0", "spare");
        await host.AddProviderAsync("p0", good.Endpoint, p => p with { Enabled = false });

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((null, "spare"), (reply.Failure, reply.Route.FallbackModel));
    }

    private static HealthReport Report(ChatHost host, string provider) =>
        host.Services.GetRequiredService<DeploymentTable>().Report(new DeploymentKey("m", provider, $"{provider}-model"));

    private static Task AddModelAsync(ChatHost host, string id, string provider, params string[] fallbacks) =>
        host.AddModelAsync(id, new ModelConfig { Deployments = [new() { Provider = provider, Model = $"{provider}-model" }], Fallbacks = fallbacks });

    private Task AdvanceUntilAsync(Task done) => WaitUntil.TrueAsync(
        () =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            return done.IsCompleted;
        },
        "the end of a wait", cancellationToken: Cancelled);

    private async Task<ChatHost> HostWith(Uri[] endpoints, params (string Key, string Value)[] settings)
    {
        var host = await ChatHost.StartAsync(_clock, settings);
        for (var i = 0; i < endpoints.Length; i++)
        {
            await host.AddProviderAsync($"p{i}", endpoints[i]);
        }

        await host.AddModelAsync("m", [.. endpoints.Select((_, i) => $"p{i}")]);
        return host;
    }
}
