using ChatModels.Chat;
using ChatModels.Registry;
using ChatModels.Telemetry;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class MetricBufferTests : IDisposable
{
    private const string On = "ChatModels:Telemetry:Buffered";
    private static readonly TokenUsage Usage = new(3, 5, null, null);

    // Instruments are the process': a test's measurements are told by its model.
    private readonly string _model = $"m-{Guid.NewGuid():N}";
    private readonly MetricsRecorder _seen = new(TelemetryNames.Source);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void OneOfMany_Waits_AndIsRecordedOnce()
    {
        var time = new FakeTimeProvider();
        using var buffer = New(time);
        for (var i = 0; i < 3; i++)
        {
            Measure(buffer, time.GetTimestamp());
        }

        Assert.Equal(default, Seen());
        buffer.Flush();
        Assert.Equal((3, 3, 9, 15), Seen());
        buffer.Flush();
        Assert.Equal((3, 3, 9, 15), Seen());
    }

    [Fact]
    public void OneByItself_IsRecordedAtOnce()
    {
        var time = new FakeTimeProvider();
        using var buffer = New(time);
        time.Advance(TimeSpan.FromMilliseconds(20));

        buffer.Attempt(Tags(), 1.5, Usage, time.GetTimestamp());

        Assert.Equal((1, 0, 3, 5), Seen());
    }

    [Fact]
    public void AsManyAsMayWait_AreRecorded_AndNoneIsLost()
    {
        var time = new FakeTimeProvider();
        using var buffer = New(time);
        var enough = MetricBuffer.Capacity * Environment.ProcessorCount; // Whatever processors they come to, one has its measure.
        for (var i = 0; i < enough; i++)
        {
            buffer.Duration(ChatMetrics.ServerDuration, Tags().Request, 1.5, time.GetTimestamp());
        }

        Assert.InRange(Seen().Requests, MetricBuffer.Capacity, enough);
        buffer.Flush();
        Assert.Equal((0, enough, 0, 0), Seen());
    }

    [Fact]
    public void ManyThreads_LoseNothing_AndRecordNothingTwice()
    {
        const int Each = 5_000;
        using var buffer = New(TimeProvider.System);
        using var end = new CancellationTokenSource();
        var flusher = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                buffer.Flush();
            }
        });
        flusher.Start();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                Measure(buffer, TimeProvider.System.GetTimestamp());
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        end.Cancel();
        flusher.Join();

        buffer.Flush();
        Assert.Equal((4 * Each, 4 * Each, 3 * 4 * Each, 5 * 4 * Each), Seen());
    }

    [Fact]
    public void UnknownTokens_AreNotZero()
    {
        using var buffer = New(new FakeTimeProvider());
        buffer.Attempt(Tags(), 1.5, default, 0);
        buffer.Flush();

        Assert.Equal((1, 0, 0, 0), Seen());
        Assert.DoesNotContain(_seen.All, m => m.Name == "gen_ai.client.token.usage" && m.Tag("gen_ai.request.model") == _model);
    }

    [Fact]
    public async Task WhatWaits_IsRecordedInTime_AndWhenTheHostStops()
    {
        var time = new FakeTimeProvider();
        using var buffer = New(time);
        await buffer.StartAsync(Cancelled);

        Measure(buffer, time.GetTimestamp());
        await WaitUntil.TrueAsync(
            () =>
            {
                time.Advance(MetricBuffer.Longest);
                return Seen() == (1, 1, 3, 5);
            },
            "the first one", cancellationToken: Cancelled);

        Measure(buffer, time.GetTimestamp());
        await buffer.StopAsync(Cancelled);
        Assert.Equal((2, 2, 6, 10), Seen());

        Measure(buffer, time.GetTimestamp());
        Assert.Equal((3, 3, 9, 15), Seen());
    }

    [Fact]
    public async Task Requests_OfAHostThatBuffers_AreAllMeasured_WithTheSameTags()
    {
        const int Requests = 50;
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await ChatHost.StartAsync((On, "true"));
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync(_model, "p");
        for (var i = 0; i < Requests; i++)
        {
            await host.AskAsync(ChatHost.Ask(_model), Cancelled);
        }

        var all = (Requests, Requests, Requests * UpstreamReply.PromptTokens, Requests * UpstreamReply.CompletionTokens);
        await WaitUntil.TrueAsync(() => Seen() == all, "every measurement", cancellationToken: Cancelled);
        Assert.All(_seen.Of("gen_ai.client.operation.duration", "gen_ai.request.model", _model), m => Assert.Equal(
            ["chatmodels.provider.id", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"], m.Tags.Keys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task AFailure_DoesNotWait()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(400), Cancelled);
        await using var host = await ChatHost.StartAsync(new FakeTimeProvider(DateTimeOffset.UtcNow), (On, "true"));
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync(_model, "p");

        await host.AskAsync(ChatHost.Ask(_model), Cancelled);

        Assert.All(
            ["gen_ai.client.operation.duration", "gen_ai.server.request.duration"],
            name => Assert.NotNull(Assert.Single(_seen.Of(name, "gen_ai.request.model", _model)).Tag("error.type")));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("true", null, true)]
    [InlineData("true", "always_off", true)]
    [InlineData("true", "trace_based", false)]
    [InlineData("true", "always_on", false)]
    public async Task ItIsOff_UnlessSet_AndWhereMeasurementsNameTheirTrace(string? set, string? exemplars, bool on)
    {
        (string, string)[] settings = [.. set is null ? Array.Empty<(string, string)>() : [(On, set)], .. exemplars is null ? Array.Empty<(string, string)>() : [("OTEL_METRICS_EXEMPLAR_FILTER", exemplars)]];
        await using var host = await ChatHost.StartAsync(settings);

        Assert.Equal(on, host.Services.GetRequiredService<MetricBuffer>().IsOn);
    }

    public void Dispose() => _seen.Dispose();

    private static MetricBuffer New(TimeProvider time) =>
        new(Options.Create(new MetricOptions { Buffered = true }), new SteadyRun(time, NullLogger<SteadyRun>.Instance), time);

    private AttemptTags Tags() => new("chat", new AttemptTarget("p", "openai", null) { MetricModel = _model });

    private void Measure(MetricBuffer buffer, long now)
    {
        buffer.Attempt(Tags(), 1.5, Usage, now);
        buffer.Duration(ChatMetrics.ServerDuration, Tags().Request, 2.5, now);
    }

    private (int Attempts, int Requests, double Input, double Output) Seen()
    {
        var mine = _seen.All.Where(m => m.Tag("gen_ai.request.model") == _model).ToList();
        return (
            mine.Count(m => m.Name == "gen_ai.client.operation.duration"),
            mine.Count(m => m.Name == "gen_ai.server.request.duration"),
            mine.Where(m => m.Tag("gen_ai.token.type") == "input").Sum(m => m.Value),
            mine.Where(m => m.Tag("gen_ai.token.type") == "output").Sum(m => m.Value));
    }
}
