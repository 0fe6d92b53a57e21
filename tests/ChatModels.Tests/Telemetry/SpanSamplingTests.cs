using System.Collections.Concurrent;
using System.Diagnostics;
using ChatModels.Telemetry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>What a sampler decides by, and what a span costs that it turns down.</summary>
public sealed class SpanSamplingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASampler_SeesWhatTheConventionsShowIt_AndWhatItTurnsDownHasNothingElse()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good day"), Ct);
        await using var host = await ChatHost.StartAsync((ContentOptions.Variable, "true"));
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync("m", "p");
        await host.AskAsync(ChatHost.Ask("m"), Ct);
        var trace = ActivityTraceId.CreateRandom();
        ConcurrentQueue<string> asked = [];
        ConcurrentQueue<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
            {
                if (options.TraceId != trace)
                {
                    return ActivitySamplingResult.None;
                }

                asked.Enqueue($"{options.Name}: {Told(options.Tags!)}");
                return ActivitySamplingResult.PropagationData;
            },
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var caller = new Activity("test").SetParentId(trace, ActivitySpanId.CreateRandom()).Start();

        await host.AskAsync(ChatHost.Ask("m", stream: true).Replace("\"stream\"", "\"max_tokens\":9,\"stream\"", StringComparison.Ordinal), Ct);

        string[] shown =
        [
            "chat m: gen_ai.operation.name=chat gen_ai.request.model=m",
            $"chat p-model: gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=p-model server.address=127.0.0.1 server.port={upstream.Endpoint.Port}",
        ];
        Assert.Equal(shown, asked);
        Assert.Equal(shown, ended.Where(span => span.TraceId == trace).Select(span => $"{span.DisplayName}: {Told(span.TagObjects)}").Order(StringComparer.Ordinal));
    }

    private static string Told(IEnumerable<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"));
}
