using System.Text;
using ChatModels.Testing;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public class ChatTelemetryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANameThatNobodyRegistered_IsNoTag()
    {
        await using var host = await ChatHost.StartAsync();
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("made-up-by-a-client"), Cancelled);

        Assert.Equal(("chat _other", "model_not_found"), (telemetry.Finished.Single().DisplayName, telemetry.Finished.Single().GetTagItem("error.type")));
    }

    [Fact]
    [Trait("Defect", "durations-twice")]
    [Trait("Requirement", "FR-009")]
    public async Task ARequest_IsMeasured_WithTheConventionsNames()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await HostWith(upstream.Endpoint);
        var model = $"m-{Guid.NewGuid():N}"; // Meters are the process'; this test's measurements are told by the model.
        await host.AddModelAsync(model, "p0");
        using var client = new MetricCollector<double>(null, "ChatModels", "gen_ai.client.operation.duration");
        using var server = new MetricCollector<double>(null, "ChatModels", "gen_ai.server.request.duration");
        using var tokens = new MetricCollector<long>(null, "ChatModels", "gen_ai.client.token.usage");

        await host.AskAsync(ChatHost.Ask(model), Cancelled);

        Assert.Single(client.GetMeasurementSnapshot(), m => Equals(m.Tags["gen_ai.request.model"], model));
        Assert.Single(server.GetMeasurementSnapshot(), m => Equals(m.Tags["gen_ai.request.model"], model));
        Assert.Equal(
            [("input", (long)UpstreamReply.PromptTokens), ("output", UpstreamReply.CompletionTokens)],
            tokens.GetMeasurementSnapshot().Where(m => Equals(m.Tags["gen_ai.request.model"], model)).Select(m => ((string)m.Tags["gen_ai.token.type"]!, m.Value)));
    }

    [Fact]
    public async Task UnknownUsage_IsNotZero()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json("""{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}"""), Cancelled);
        await using var host = await HostWith(upstream.Endpoint);
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.DoesNotContain(telemetry.TheOnly("chat p0-model").TagObjects, t => t.Key.StartsWith("gen_ai.usage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ThePrompt_IsInNoSpan()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("secret answer"), Cancelled);
        await using var host = await HostWith(upstream.Endpoint);
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync(ChatHost.Ask("m").Replace("Hi", "secret prompt", StringComparison.Ordinal), Cancelled);

        var all = new StringBuilder();
        foreach (var span in telemetry.Finished)
        {
            all.Append(span.DisplayName).AppendJoin(' ', span.TagObjects.Select(t => $"{t.Key}={t.Value}")).AppendJoin(' ', span.Events.Select(e => e.Name));
        }

        Assert.DoesNotContain("secret", all.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(ChatHost.Key, all.ToString(), StringComparison.Ordinal);
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
