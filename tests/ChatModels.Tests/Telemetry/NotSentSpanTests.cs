using System.Diagnostics;
using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>A deployment that was chosen and not asked: the conventions' client spans and durations are of calls, and there was none. The request's span says why.</summary>
public sealed class NotSentSpanTests
{
    // Meters are the process'; this test's measurements are told by the model.
    private readonly string _model = $"m-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatCanNotBeTranslated_IsNoCall()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("claude", upstream.Root, config => config with { Type = "anthropic" });
        await host.AddModelAsync(_model, "claude");

        Assert.Equal(["chatmodels.attempt.not_sent claude not_translatable"], await NotSentAsync(host, ",\"seed\":1"));
    }

    [Fact]
    public async Task AProviderThatCanNotBeMade_IsNoCall()
    {
        await using var host = await ChatHost.StartAsync();
        var options = new Dictionary<string, JsonElement> { ["client"] = JsonSerializer.SerializeToElement("missing") };
        Assert.Null((await host.Registry.PutProviderAsync("local", new ProviderConfig { Type = "chat-client", Options = options }, Precondition.None, "test", Ct)).Failure);
        await host.AddModelAsync(_model, "local");

        Assert.Equal(["chatmodels.attempt.not_sent local provider_creation_failed"], await NotSentAsync(host));
    }

    [Fact]
    public async Task AProviderAtItsLimit_IsNoCall()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Good.")), Ct);
        await using var host = await ChatHost.StartAsync(("ChatModels:Chat:QueueLimit", "0"));
        await host.AddProviderAsync("narrow", upstream.Endpoint, config => config with { MaxConcurrency = 1 });
        await host.AddModelAsync("busy", "narrow");
        await host.AddModelAsync(_model, "narrow");
        var busy = host.AskAsync(ChatHost.Ask("busy"), Ct);
        await upstream.NextRequestAsync(Ct);

        var told = await NotSentAsync(host);
        gate.SetResult();
        await busy;

        Assert.Equal(["chatmodels.attempt.not_sent narrow provider_saturated"], told);
    }

    /// <summary>What the one span, the request's, says of it, when nothing at all was measured of a call.</summary>
    private async Task<IEnumerable<string>> NotSentAsync(ChatHost host, string more = "")
    {
        using var telemetry = new TelemetryCollector("ChatModels");
        using var calls = new MetricCollector<double>(null, "ChatModels", "gen_ai.client.operation.duration");

        await host.AskAsync($"{ChatHost.Ask(_model)[..^1]}{more}}}", Ct);

        Assert.DoesNotContain(calls.GetMeasurementSnapshot(), m => Equals(m.Tags["gen_ai.request.model"], _model));
        Assert.DoesNotContain(telemetry.Finished, span => span.Kind == ActivityKind.Client);
        return telemetry.TheOnly($"chat {_model}").Events.Select(e => string.Join(' ', [e.Name, .. e.Tags.Select(tag => tag.Value)]));
    }
}
