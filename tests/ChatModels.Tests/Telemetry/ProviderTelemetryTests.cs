using ChatModels.Chat.Probing;
using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using ChatModels.Tests.Providers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Telemetry;

/// <summary>What is told of providers: creations, probes, and how they stand.</summary>
public sealed class ProviderTelemetryTests
{
    private const string Provider = "chatmodels.provider.id";

    private readonly string _id = $"p-{Guid.NewGuid():N}"; // Meters are the process': this is what tells this test's measurements.

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task ACreationThatFails_IsASpanAndACount_WithItsCode()
    {
        using var metrics = new MetricsRecorder("ChatModels");
        using var telemetry = new TelemetryCollector("ChatModels");
        var types = With(Metadata(_id), (_, _, _) => throw new IOException("no"));

        await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync(_id, Options("mine"), Services, Ct).AsTask());

        Assert.Equal(
            $"""
            provider creation [Internal, Error: provider_creation_failed]
              chatmodels.provider.id = mine
              chatmodels.provider.type = {_id}
              error.type = provider_creation_failed
              gen_ai.provider.name = {_id}
            """,
            SpanText.Of(telemetry));
        Assert.Equal(("provider_creation_failed", 1), Single(metrics.Of("chatmodels.provider.creations", "chatmodels.provider.type", _id), "error.type"));
    }

    [Fact]
    public async Task ACreation_IsCountedOnce()
    {
        using var metrics = new MetricsRecorder("ChatModels");
        var types = With(Metadata(_id), Creating(new FakeChatProvider()));

        await using var provider = await types.CreateAsync(_id, Options(), Services, Ct);

        Assert.Equal((null, 1), Single(metrics.Of("chatmodels.provider.creations", "chatmodels.provider.type", _id), "error.type"));
    }

    [Theory]
    [InlineData(200, "up", "Unset", "")]
    [InlineData(503, "down", "Error: provider_unhealthy", "\n  error.type = provider_unhealthy")]
    [InlineData(404, "inconclusive", "Unset", "")]
    [Trait("Requirement", "FR-010")]
    public async Task AProbe_IsASpan_ThatSaysWhatItFound(int answers, string verdict, string status, string error)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => UpstreamReply.WriteErrorAsync(context, answers);
        await using var host = await HostWith(upstream);
        await host.AskAsync(ChatHost.Ask(_id), Ct);
        using var telemetry = new TelemetryCollector("ChatModels");

        await ProbeAsync(host);

        Assert.Equal(
            $"""
            provider probe [Client, {status}]
              chatmodels.probe.verdict = {verdict}
              chatmodels.provider.id = {_id}{error}
              gen_ai.provider.name = openai
              server.address = 127.0.0.1
              server.port = {upstream.Endpoint.Port}
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    public async Task RequestsUnderWay_AndThoseThatWait_AreCounted()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Slow.")), Ct);
        await using var host = await HostWith(upstream, maxConcurrency: 2);
        var asking = Enumerable.Range(0, 5).Select(_ => host.AskAsync(ChatHost.Ask(_id), Ct)).ToArray();
        await upstream.NextRequestAsync(Ct);
        await upstream.NextRequestAsync(Ct);

        Assert.Equal((2, 3), (Now("chatmodels.provider.active"), Now("chatmodels.provider.queue")));
        gate.SetResult();
        await Task.WhenAll(asking);
        Assert.Equal((0, 0), (Now("chatmodels.provider.active"), Now("chatmodels.provider.queue")));
    }

    [Fact]
    public async Task ARequestThatFailed_OrWasLeft_IsNotUnderWayAnyMore()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.InTurn(UpstreamReply.Error(500), UpstreamReply.HangBeforeHeaders()), Ct);
        await using var host = await HostWith(upstream);
        await host.AskAsync(ChatHost.Ask(_id), Ct);
        Assert.Equal(0, Now("chatmodels.provider.active"));
        using var caller = new CancellationTokenSource();
        await upstream.NextRequestAsync(Ct);
        var asking = host.AskAsync(ChatHost.Ask(_id), caller.Token);
        await upstream.NextRequestAsync(Ct);
        Assert.Equal(1, Now("chatmodels.provider.active"));

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        Assert.Equal(0, Now("chatmodels.provider.active"));
    }

    [Fact]
    public async Task AProviderThatAProbeCallsDown_AndADeploymentThatCools_AreSeen()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 60), Ct);
        await using var host = await HostWith(upstream);
        var probes = host.Services.GetRequiredService<ProbeTable>();
        await host.AskAsync(ChatHost.Ask(_id), Ct);
        Assert.Equal((1, 1), (Now("chatmodels.provider.health"), Now("chatmodels.provider.cooldowns")));

        probes.Note(_id, new ProbeRecord { Verdict = ProbeVerdict.Down, At = DateTimeOffset.UtcNow, DurationMs = 1, By = "another" });

        Assert.Equal(0, Now("chatmodels.provider.health"));
    }

    [Fact]
    public async Task AProviderThatIsNoMore_IsNotTold()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await HostWith(upstream);
        await host.AskAsync(ChatHost.Ask(_id), Ct);
        Assert.NotNull(Now("chatmodels.provider.health"));

        await host.Registry.DeleteModelAsync(_id, Precondition.None, "test", Ct);
        await host.Registry.DeleteProviderAsync(_id, Precondition.None, "test", Ct);

        await WaitUntil.TrueAsync(() => Now("chatmodels.provider.health") is null, "the provider to be forgotten", cancellationToken: Ct);
    }

    private static (string?, double) Single(IReadOnlyList<Measured> measured, string tag)
    {
        var only = Assert.Single(measured);
        return (only.Tag(tag), only.Value);
    }

    /// <summary>What an instrument says of this test's provider; null where it says nothing.</summary>
    private double? Now(string instrument)
    {
        using var metrics = new MetricsRecorder("ChatModels");
        metrics.Observe();
        return metrics.Of(instrument, Provider, _id).SingleOrDefault()?.Value;
    }

    private Task<ProbeRecord?> ProbeAsync(ChatHost host) => host.Services.GetRequiredService<ProviderProbes>().ProbeAsync(host.Registry.Current.Providers[_id], Ct);

    private async Task<ChatHost> HostWith(FakeUpstream upstream, int? maxConcurrency = null)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync(_id, upstream.Endpoint, p => p with { MaxConcurrency = maxConcurrency });
        await host.AddModelAsync(_id, _id);
        return host;
    }
}
