using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatModels.Batches;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

/// <summary>What a batch tells of itself. Spans are found by the batch's id: other tests' batches run beside these.</summary>
public sealed class BatchTelemetryTests : IDisposable
{
    private static readonly string[] Work = ["batch validate", "batch finish"];

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public BatchTelemetryTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ChatModels",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task ABatch_IsOneSpanInTheTraceOfItsCreation_AndItsLinesLinkToThat()
    {
        using var creation = new Activity("creation").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start();
        await using var host = new RunnerHost((line, _) => Task.FromResult(line is "a-1" ? new LineAnswer(400, "{}"u8.ToArray()) { Code = "upstream_rejected" } : RunnerHost.Good));
        var id = await host.CreateAsync(2);
        creation.Stop();
        await host.UntilAsync(id, BatchStatus.Completed);
        await WaitUntil.TrueAsync(async token => (await host.Store.ListOpenAsync(token)).Count == 0, "the end of the finishing", cancellationToken: TestContext.Current.CancellationToken);
        await host.StopAsync();

        var batch = Assert.Single(Spans(id, "batch"));
        Assert.Equal((creation.TraceId, creation.SpanId, ActivityKind.Internal, ActivityStatusCode.Unset), (batch.TraceId, batch.ParentSpanId, batch.Kind, batch.Status));
        Assert.Equal(
            new Dictionary<string, object?> { ["chatmodels.batch.id"] = id, ["chatmodels.batch.status"] = "completed", ["chatmodels.batch.completed"] = 1, ["chatmodels.batch.failed"] = 1 },
            batch.TagObjects.ToDictionary());
        Assert.Equal((await host.LookAsync(id)).State.Record.CreatedAt.UtcDateTime, batch.StartTimeUtc);
        Assert.All(Work, name => Assert.Equal(creation.SpanId, Assert.Single(Spans(id, name)).ParentSpanId));

        var lines = Spans(id, "batch line").OrderBy(line => line.GetTagItem("chatmodels.batch.line")).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal((creation.TraceId, creation.SpanId), (line.Links.Single().Context.TraceId, line.Links.Single().Context.SpanId)));
        Assert.All(lines, line => Assert.NotEqual(creation.TraceId, line.TraceId));
        Assert.Equal(
            new Dictionary<string, object?> { ["chatmodels.batch.id"] = id, ["chatmodels.batch.line"] = 0, ["http.response.status_code"] = 200 },
            lines[0].TagObjects.ToDictionary());
        Assert.Equal(
            new Dictionary<string, object?> { ["chatmodels.batch.id"] = id, ["chatmodels.batch.line"] = 1, ["http.response.status_code"] = 400, ["error.type"] = "upstream_rejected" },
            lines[1].TagObjects.ToDictionary());
    }

    [Fact]
    public async Task ABatchWithMistakes_AndOneThatExpires_SayWhy()
    {
        await using var host = new RunnerHost((_, cancelled) => RunnerHost.NeverAsync(cancelled), options => options.Window = TimeSpan.FromSeconds(1));
        var (wrong, late) = (await host.CreateAsync(["not json"]), await host.CreateAsync(1));
        await host.UntilAsync(wrong, BatchStatus.Failed);
        await host.UntilAsync(late, BatchStatus.Expired);
        foreach (var id in new[] { wrong, late })
        {
            await WaitUntil.TrueAsync(() => Spans(id, "batch").Length == 1, "the batch's span", cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            [("failed", "invalid_request", ActivityStatusCode.Error), ("expired", "batch_expired", ActivityStatusCode.Error)],
            new[] { wrong, late }.Select(id => Spans(id, "batch")[0]).Select(span => ((string)span.GetTagItem("chatmodels.batch.status")!, (string)span.GetTagItem("error.type")!, span.Status)));
    }

    [Fact]
    public void TheQueue_IsFourGauges()
    {
        using var metrics = new QueueMetrics();
        using var open = new MetricCollector<int>(null, "ChatModels", "chatmodels.batch.open");
        using var depth = new MetricCollector<long>(null, "ChatModels", "chatmodels.batch.queue.depth");
        using var age = new MetricCollector<double>(null, "ChatModels", "chatmodels.batch.queue.oldest_age");
        using var left = new MetricCollector<double>(null, "ChatModels", "chatmodels.batch.queue.time_left");
        metrics.Tell(new QueueStanding(
            [], new Dictionary<BatchStatus, int> { [BatchStatus.InProgress] = 3, [BatchStatus.Cancelling] = 1 }, 123_456_789, TimeSpan.FromSeconds(7654.5), TimeSpan.FromSeconds(4321.25)));

        open.RecordObservableInstruments();
        depth.RecordObservableInstruments();
        age.RecordObservableInstruments();
        left.RecordObservableInstruments();

        // Other tests' workers tell theirs too.
        var statuses = open.GetMeasurementSnapshot().Select(m => ((string)m.Tags["chatmodels.batch.status"]!, m.Value)).ToHashSet();
        Assert.Superset(new HashSet<(string, int)> { ("validating", 0), ("in_progress", 3), ("finalizing", 0), ("cancelling", 1) }, statuses);
        Assert.Contains(123_456_789, depth.GetMeasurementSnapshot().Select(m => m.Value));
        Assert.Contains(7654.5, age.GetMeasurementSnapshot().Select(m => m.Value));
        Assert.Contains(4321.25, left.GetMeasurementSnapshot().Select(m => m.Value));
    }

    [Fact]
    public async Task ALostClaim_IsCounted()
    {
        // Other tests' workers lose claims too: what flows with the calls tells this one's.
        var (flowing, lost) = (new AsyncLocal<bool> { Value = true }, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Name: "chatmodels.batch.lease.losses", Meter.Name: "ChatModels" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (flowing.Value && tags.ToArray().Contains(new("chatmodels.batch.work", "chunk")))
            {
                lost.TrySetResult();
            }
        });
        listener.Start();
        var store = new InMemoryBatchStore(TimeProvider.System);
        var release = new TaskCompletionSource();
        await using var host = new RunnerHost(async (_, cancelled) =>
        {
            await release.Task.WaitAsync(cancelled);
            return RunnerHost.Good;
        }, options => options.Lease = TimeSpan.FromMilliseconds(600), store);
        var id = await host.CreateAsync(1);
        await WaitUntil.TrueAsync(() => store.Holder(id, new WorkUnit(0)) is not null, "a claim", cancellationToken: TestContext.Current.CancellationToken);

        // Somebody takes it away, as happens to a worker that stood still for too long.
        await store.ReleaseAsync(id, new WorkUnit(0), store.Holder(id, new WorkUnit(0))!, TestContext.Current.CancellationToken);
        Assert.True(await store.TryClaimAsync(id, new WorkUnit(0), "another", TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));

        await WaitUntil.SignalAsync(lost.Task, "a lost chunk", cancellationToken: TestContext.Current.CancellationToken);
        release.SetResult();
        await host.UntilAsync(id, BatchStatus.Completed);
    }

    private Activity[] Spans(string batch, string name) => [.. _ended.Where(span => span.DisplayName == name && (string?)span.GetTagItem("chatmodels.batch.id") == batch)];
}
