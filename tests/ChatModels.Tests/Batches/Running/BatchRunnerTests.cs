using System.Collections.Concurrent;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

public sealed class BatchRunnerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnExpiredBatch_KeepsWhatIsDone_AndSaysOfTheRestThatItExpired()
    {
        await using var host = new RunnerHost(
            (line, cancelled) => line is "a-0" ? Task.FromResult(RunnerHost.Good) : RunnerHost.NeverAsync(cancelled), options => options.Window = TimeSpan.FromSeconds(1));

        var batch = await host.UntilAsync(await host.CreateAsync(100), BatchStatus.Expired);

        Assert.Equal((1, 99), (batch.Completed, batch.Failed));
        Assert.Equal([("a-0", null)], await host.ResultsAsync(batch.State.Ended!.OutputFile));
        Assert.Equal(Enumerable.Range(1, 99).Select(line => ($"a-{line}", (string?)"batch_expired")), await host.ResultsAsync(batch.State.Ended.ErrorFile));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task ALineWithWhichThreeWorkersWereLost_IsNotTriedAgain(int lostBefore, bool isPoison)
    {
        var (store, files) = (new InMemoryBatchStore(TimeProvider.System), new InMemoryFileStore(long.MaxValue, TimeProvider.System));
        var called = new ConcurrentBag<string>();
        await using var idle = await RunnerHost.IdleAsync(store, files);
        var id = await idle.CreateAsync(3);
        await store.MarkAsync(id, 0, [new LineMark(1, lostBefore, "of a worker that is gone")], Cancel);

        await using var host = new RunnerHost((line, _) =>
        {
            called.Add(line);
            return Task.FromResult(RunnerHost.Good);
        }, store: store, files: files);
        var batch = await host.UntilAsync(id, BatchStatus.Completed);

        Assert.Equal(isPoison ? ["a-0", "a-2"] : ["a-0", "a-1", "a-2"], called.Order(StringComparer.Ordinal));
        Assert.Equal(isPoison ? [("a-1", "batch_line_poison")] : [], await host.ResultsAsync(batch.State.Ended!.ErrorFile));
    }

    [Fact]
    public async Task ASmallBatch_EndsLongBeforeALargeOne_ThatWasThereFirst()
    {
        await using var host = new RunnerHost(async (_, cancelled) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), cancelled);
            return RunnerHost.Good;
        });
        var large = await host.CreateAsync(50_000, "large");
        await WaitUntil.TrueAsync(async _ => (await host.LookAsync(large)).Answered > 0, "the large batch to be under way", TimeSpan.FromSeconds(60), Cancel);
        var before = (await host.LookAsync(large)).Answered;

        await host.UntilAsync(await host.CreateAsync(10, "small"), BatchStatus.Completed);

        // Were it to wait its turn behind all of the large one's lines, nothing of that would be left.
        Assert.InRange((await host.LookAsync(large)).Answered - before, 0, 10_000);
    }

    [Fact]
    public async Task AFailureThatMayPass_IsTriedThreeTimes_AndARefusalUntilItEnds()
    {
        var calls = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var host = new RunnerHost((line, _) => Task.FromResult((line, calls.AddOrUpdate(line, 1, (_, count) => count + 1)) switch
        {
            ("down", _) => new LineAnswer(502, "{}"u8.ToArray()) { Code = ErrorCodes.UpstreamUnreachable },
            ("refused", < 5) => new LineAnswer(429, "{}"u8.ToArray()) { Code = ErrorCodes.UpstreamRateLimited, RetryAfter = TimeSpan.FromMilliseconds(50) },
            ("wrong", _) => new LineAnswer(400, "{}"u8.ToArray()) { Code = ErrorCodes.UpstreamRejected },
            _ => RunnerHost.Good,
        }));

        var batch = await host.UntilAsync(await host.CreateAsync([RunnerHost.Line("down", "m1"), RunnerHost.Line("refused", "m2"), RunnerHost.Line("wrong", "m3")]), BatchStatus.Completed);

        Assert.Equal([("refused", null)], await host.ResultsAsync(batch.State.Ended!.OutputFile));
        Assert.Equal([("down", null), ("wrong", null)], await host.ResultsAsync(batch.State.Ended.ErrorFile));
        Assert.Equal((3, 5, 1), (calls["down"], calls["refused"], calls["wrong"]));
    }

    [Fact]
    public async Task AWorkerThatIsToldToStop_FinishesWhatIsUnderWay_AndHandsTheRestBack()
    {
        var (store, files) = (new InMemoryBatchStore(TimeProvider.System), new InMemoryFileStore(long.MaxValue, TimeProvider.System));
        var calls = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var release = new TaskCompletionSource();
        async Task<LineAnswer> CallAsync(string line, CancellationToken cancelled)
        {
            calls.AddOrUpdate(line, 1, (_, count) => count + 1);
            await release.Task.WaitAsync(cancelled);
            return RunnerHost.Good;
        }

        string id;
        await using (var first = new RunnerHost(CallAsync, options => options.Concurrency = 8, store, files))
        {
            id = await first.CreateAsync(40);
            await WaitUntil.TrueAsync(() => calls.Count == 8, "eight calls under way", cancellationToken: Cancel);
            var stopped = first.StopAsync();
            await WaitUntil.TrueAsync(() => first.Log.Collector.GetSnapshot().Any(entry => entry.Message.StartsWith("Stopping", StringComparison.Ordinal)), "the stop to be noticed", cancellationToken: Cancel);
            release.SetResult();
            await stopped;
            Assert.Equal(8, calls.Count);
            Assert.Equal(8, (await first.LookAsync(id)).Answered);
        }

        // At once: nobody has to wait until a claim runs out.
        await using var second = new RunnerHost(CallAsync, options => options.Lease = TimeSpan.FromMinutes(10), store, files);
        var batch = await second.UntilAsync(id, BatchStatus.Completed);
        Assert.Equal((40, 40), (batch.Completed, calls.Values.Sum()));
    }

    [Fact]
    public async Task AWorkerThatIsToldToStop_GivesUpWhatTakesTooLong_AndAnotherGoesOnAtOnce()
    {
        var (store, files) = (new InMemoryBatchStore(TimeProvider.System), new InMemoryFileStore(long.MaxValue, TimeProvider.System));
        await using var first = new RunnerHost((_, cancelled) => RunnerHost.NeverAsync(cancelled), options => (options.Drain, options.Lease) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(10)), store, files);
        var id = await first.CreateAsync(10);
        await WaitUntil.TrueAsync(() => first.Standing.Work.Count > 0, "work", cancellationToken: Cancel);

        var begun = TimeProvider.System.GetTimestamp();
        await first.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(25));

        await using var second = new RunnerHost((_, _) => Task.FromResult(RunnerHost.Good), store: store, files: files);
        Assert.Equal(10, (await second.UntilAsync(id, BatchStatus.Completed)).Completed);
    }

    [Fact]
    public async Task AnInputThatWasDeleted_BeforeAnybodyLooked_FailsItsBatch()
    {
        var (store, files) = (new InMemoryBatchStore(TimeProvider.System), new InMemoryFileStore(long.MaxValue, TimeProvider.System));
        await using var idle = await RunnerHost.IdleAsync(store, files);
        var id = await idle.CreateAsync(3);
        await files.DeleteAsync((await idle.LookAsync(id)).State.Record.InputFile, Cancel);

        await using var host = new RunnerHost((_, _) => Task.FromResult(RunnerHost.Good), store: store, files: files);
        var batch = await host.UntilAsync(id, BatchStatus.Failed);

        Assert.Equal(["file_not_found"], batch.State.Closing!.Mistakes.Select(mistake => mistake.Code));
    }

    [Fact]
    public async Task TheStanding_TellsWhatWaits()
    {
        var release = new TaskCompletionSource();
        await using var host = new RunnerHost(async (_, cancelled) =>
        {
            await release.Task.WaitAsync(cancelled);
            return RunnerHost.Good;
        });
        var id = await host.CreateAsync(100);

        await WaitUntil.TrueAsync(() => host.Standing.Waiting == 100, "a queue of 100 lines", cancellationToken: Cancel);
        Assert.Equal([(BatchStatus.InProgress, 1)], host.Standing.Open.Select(o => (o.Key, o.Value)));
        Assert.InRange(host.Standing.OldestAge!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.StartsWith($"{id}: in_progress, ", Assert.Single(host.Standing.Work), StringComparison.Ordinal);

        release.SetResult();
        await WaitUntil.TrueAsync(() => host.Standing is { Waiting: 0, Open.Count: 0, OldestAge: null, Work: [] }, "an empty queue", cancellationToken: Cancel);
        Assert.Equal(TimeSpan.Zero, host.Standing.TimeLeft);
    }

    [Fact]
    public async Task WhoeverIsRefused_SlowsTheWholeFleetDown()
    {
        var (store, files) = (new InMemoryBatchStore(TimeProvider.System), new InMemoryFileStore(long.MaxValue, TimeProvider.System));
        await using var refused = new RunnerHost(
            (_, _) => Task.FromResult(new LineAnswer(429, "{}"u8.ToArray()) { Code = ErrorCodes.UpstreamRateLimited, RetryAfter = TimeSpan.FromMinutes(5) }), store: store, files: files);
        await refused.CreateAsync(64);

        await WaitUntil.TrueAsync(async token => (await store.ReadPacesAsync(token)).ContainsKey("m"), "a pace that the fleet knows", cancellationToken: Cancel);
        var pace = (await store.ReadPacesAsync(Cancel))["m"].Split(':');

        Assert.InRange(double.Parse(pace[0], System.Globalization.CultureInfo.InvariantCulture), 1, 32);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(pace[1], System.Globalization.CultureInfo.InvariantCulture)) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }
}
