using ChatModels.Chat.Health;
using ChatModels.Chat.Probing;
using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Chat.Probing;

/// <summary>What probes find, and what becomes of requests by it.</summary>
public sealed class ProviderProbesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, nameof(ProbeVerdict.Up))]
    [InlineData(429, nameof(ProbeVerdict.Up))]
    [InlineData(401, nameof(ProbeVerdict.Down))]
    [InlineData(503, nameof(ProbeVerdict.Down))]
    [InlineData(404, nameof(ProbeVerdict.Inconclusive))]
    public async Task AProbe_AsksForTheModels_AndBillsNothing(int status, string verdict)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        upstream.OnOther = Answering(status);
        await using var host = await HostWith(upstream.Endpoint);

        var result = await ProbeAsync(host, "p0");

        Assert.Equal(verdict, result!.Verdict.ToString());
        Assert.Equal(("GET", "/v1/models"), (upstream.Requests.Single().Method, upstream.Requests.Single().Path));
        Assert.DoesNotContain(ChatHost.Key, result.Reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProviderThatHangs_IsDown_AfterTheProbesOwnDeadline()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        upstream.OnOther = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        await using var host = await HostWith([upstream.Endpoint], ("ChatModels:Probes:Timeout", "00:00:01"));

        var result = await ProbeAsync(host, "p0");

        Assert.Equal((ProbeVerdict.Down, "It did not answer within 1 s."), (result!.Verdict, result.Reason));
        await upstream.Requests[0].CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task AProviderThatIsDown_GetsNoRequests_WhileThereIsAnother_AndAProbeBringsItBack()
    {
        await using var first = await FakeUpstream.StartAsync(UpstreamReply.Completion("First."), Cancelled);
        await using var second = await FakeUpstream.StartAsync(UpstreamReply.Completion("Second."), Cancelled);
        await using var host = await HostWith(first.Endpoint, second.Endpoint);

        first.OnOther = Answering(503);
        await ProbeAsync(host, "p0");
        Assert.Equal("p1/p1-model", (await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Reply.Route.Deployment);
        Assert.Equal((Availability.Cooling, ErrorCodes.ProviderUnhealthy), (Report(host).Availability, Report(host).Reason));

        first.OnOther = Answering(200);
        await ProbeAsync(host, "p0");
        Assert.Equal("p0/p0-model", (await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Reply.Route.Deployment);
    }

    [Fact]
    public async Task AProbeThatSaysUp_EndsACooldownBecauseOfConnecting()
    {
        var port = FreePort.Next();
        await using var second = await FakeUpstream.StartAsync(UpstreamReply.Completion("Second."), Cancelled);
        await using var host = await HostWith([new Uri($"http://127.0.0.1:{port}/v1"), second.Endpoint], ("ChatModels:Chat:CooldownFailures", "1"), ("ChatModels:Chat:Cooldown", "00:01:00"));
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        Assert.Equal((Availability.Cooling, ErrorCodes.UpstreamUnreachable), (Report(host).Availability, Report(host).Reason));

        var table = host.Services.GetRequiredService<ProbeTable>();
        table.Note("p0", new ProbeRecord { Verdict = ProbeVerdict.Up, At = DateTimeOffset.UtcNow, DurationMs = 1, By = "another" });

        Assert.Equal(Availability.Ready, Report(host).Availability);
    }

    [Fact]
    public async Task WhatAnotherReplicaFound_IsKnownHereToo_OnceAndNotAgain()
    {
        await using var first = await FakeUpstream.StartAsync(UpstreamReply.Completion("First."), Cancelled);
        await using var second = await FakeUpstream.StartAsync(UpstreamReply.Completion("Second."), Cancelled);
        await using var host = await HostWith([first.Endpoint, second.Endpoint], ("ChatModels:Probes:RefreshInterval", "00:00:00.050"));
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        var found = new ProbeRecord { Verdict = ProbeVerdict.Down, Reason = "It is away.", At = DateTimeOffset.UtcNow, DurationMs = 1, By = "another" };

        await host.Services.GetRequiredService<IProbeBoard>().PublishAsync(new Dictionary<string, ProbeRecord> { ["p0"] = found, ["nobody"] = found }, TimeSpan.FromMinutes(1), Cancelled);

        var table = host.Services.GetRequiredService<ProbeTable>();
        await WaitUntil.TrueAsync(() => table.Find("p0") is not null, "the result of another replica", cancellationToken: Cancelled);
        Assert.Equal((found, null, Availability.Cooling), (table.Find("p0"), table.Find("nobody"), Report(host).Availability));
    }

    [Fact]
    public async Task AnOldResult_IsNotBelieved()
    {
        await using var first = await FakeUpstream.StartAsync(UpstreamReply.Completion("First."), Cancelled);
        await using var host = await HostWith(first.Endpoint);
        await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        host.Services.GetRequiredService<ProbeTable>().Note("p0", new ProbeRecord { Verdict = ProbeVerdict.Down, At = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(2), DurationMs = 1, By = "another" });

        Assert.Equal(Availability.Ready, Report(host).Availability);
    }

    [Fact]
    public async Task ARound_AsksEveryProviderThatIsOnAndUsable_AndForgetsThoseThatAreNoMore()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        upstream.OnOther = Answering(200);
        await using var host = await HostWith([.. Enumerable.Repeat(upstream.Endpoint, 20)], ("ChatModels:Probes:Parallelism", "3"));
        await host.AddProviderAsync("p0", upstream.Endpoint, p => p with { Enabled = false });
        await host.AddProviderAsync("p1", upstream.Endpoint, p => p with { ApiKey = new("nowhere") });
        var board = host.Services.GetRequiredService<IProbeBoard>();
        await board.PublishAsync(new Dictionary<string, ProbeRecord> { ["gone"] = new() { Verdict = ProbeVerdict.Up, At = default, DurationMs = 1, By = "another" } }, TimeSpan.FromMinutes(1), Cancelled);

        await host.Services.GetRequiredService<ProviderProbes>().RoundAsync(host.Registry.Current, Cancelled);

        var shared = await board.ReadAsync(Cancelled);
        Assert.Equal(Enumerable.Range(2, 18).Select(i => $"p{i}").Order(StringComparer.Ordinal), shared.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(18, upstream.Requests.Count);
    }

    private static Func<HttpContext, System.Text.Json.JsonDocument?, Task> Answering(int status) => (context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private static HealthReport Report(ChatHost host) => host.Services.GetRequiredService<DeploymentTable>().Report(new DeploymentKey("m", "p0", "p0-model"));

    private static Task<ProbeRecord?> ProbeAsync(ChatHost host, string id) =>
        host.Services.GetRequiredService<ProviderProbes>().ProbeAsync(host.Registry.Current.Providers[id], Cancelled);

    private static Task<ChatHost> HostWith(params Uri[] endpoints) => HostWith(endpoints, []);

    private static async Task<ChatHost> HostWith(Uri[] endpoints, params (string Key, string Value)[] settings)
    {
        var host = await ChatHost.StartAsync(settings);
        for (var i = 0; i < endpoints.Length; i++)
        {
            await host.AddProviderAsync($"p{i}", endpoints[i]);
        }

        await host.AddModelAsync("m", new ModelConfig
        {
            Deployments = [.. endpoints.Select((_, i) => new DeploymentConfig { Provider = $"p{i}", Model = $"p{i}-model", Priority = i })],
        });
        return host;
    }
}
