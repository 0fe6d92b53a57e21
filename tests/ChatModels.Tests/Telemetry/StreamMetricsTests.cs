using System.Text;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>The times within a stream, by a clock that only the upstream moves.</summary>
public sealed class StreamMetricsTests
{
    private readonly string _model = $"m-{Guid.NewGuid():N}"; // Meters are the process': this is what tells this test's measurements.
    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<string, TaskCompletionSource> _seen = new() { ["Good"] = new(), ["day"] = new() };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    [Trait("Requirement", "FR-009")]
    public async Task AStream_IsMeasured_FromChunkToChunk_AndFromTokenToToken(string buffered)
    {
        // The role comes after 1 s, the content in the same moment, more after 2 s, the end (which has a finish reason) after 3 s, with a usage of 7 tokens.
        using var metrics = await MeasureAsync(UpstreamStreaming.Of(Slowly(StreamEnd.Done)), buffered: buffered);

        Assert.Equal([1], Told(metrics, "gen_ai.client.operation.time_to_first_chunk"));
        Assert.Equal([2, 3], ToldApart(metrics));
        Assert.Equal([6], Told(metrics, "gen_ai.client.operation.duration"));
        Assert.Equal([1], Told(metrics, "gen_ai.server.time_to_first_token"));
        Assert.Equal([Math.Round(5 / 6.0, 9)], Told(metrics, "gen_ai.server.time_per_output_token"));
        Assert.Equal([6], Told(metrics, "gen_ai.server.request.duration"));
        Assert.Equal([11, 7], Told(metrics, "gen_ai.client.token.usage"));
    }

    [Fact]
    public async Task AStreamThatBreaksOff_SaysNothingOfItsTokens()
    {
        using var metrics = await MeasureAsync(UpstreamStreaming.Of(Slowly(StreamEnd.Cut)));

        Assert.Equal([2], ToldApart(metrics));
        Assert.Equal([1], Told(metrics, "gen_ai.server.time_to_first_token"));
        Assert.Empty(Told(metrics, "gen_ai.server.time_per_output_token"));
        Assert.Empty(Told(metrics, "gen_ai.client.token.usage"));
        Assert.Equal("upstream_truncated", Assert.Single(metrics.Of("gen_ai.server.request.duration", "gen_ai.request.model", _model)).Tag("error.type"));
    }

    [Fact]
    public async Task AWholeAnswer_HasNoChunks()
    {
        using var metrics = await MeasureAsync(UpstreamReply.Completion("Good."), stream: false);

        Assert.Equal(
            ["gen_ai.client.operation.duration", "gen_ai.client.token.usage", "gen_ai.client.token.usage", "gen_ai.server.request.duration"],
            metrics.All.Where(m => m.Tag("gen_ai.request.model") == _model).Select(m => m.Name).Order(StringComparer.Ordinal));
    }

    private async Task<MetricsRecorder> MeasureAsync(UpstreamHandler upstream, bool stream = true, string buffered = "false")
    {
        await using var server = await FakeUpstream.StartAsync(upstream, Ct);
        await using var host = await ChatHost.StartAsync(_clock, ("ChatModels:Telemetry:Buffered", buffered));
        await host.AddProviderAsync("p", server.Endpoint);
        await host.AddModelAsync(_model, "p");
        var metrics = new MetricsRecorder("ChatModels");
        await using var reply = await host.Pipeline.SendAsync(Encoding.UTF8.GetBytes(ChatHost.Ask(_model, stream)), Ct);
        var read = "";
        while (await reply.ReadAsync(Ct) is { IsEmpty: false } bytes)
        {
            read += Encoding.UTF8.GetString(bytes.Span);
            foreach (var (_, seen) in _seen.Where(chunk => read.Contains(chunk.Key, StringComparison.Ordinal)))
            {
                seen.TrySetResult();
            }
        }

        return metrics;
    }

    private UpstreamStreamScript Slowly(StreamEnd end) => new()
    {
        Chunks = ["Good", "day"],
        End = end,
        BeforeChunk = async index =>
        {
            // What was sent before must have been read when the clock goes on.
            await (index == 0 ? Task.CompletedTask : _seen[index == 1 ? "Good" : "day"].Task);
            _clock.Advance(TimeSpan.FromSeconds(index + 1));
        },
    };

    // The role and the first text come in the same moment: in one read, and so as one, or in two.
    private IEnumerable<double> ToldApart(MetricsRecorder metrics) => Told(metrics, "gen_ai.client.operation.time_per_output_chunk").Where(took => took > 0);

    private double[] Told(MetricsRecorder metrics, string instrument) => [.. metrics.Of(instrument, "gen_ai.request.model", _model).Select(m => Math.Round(m.Value, 9))];
}
