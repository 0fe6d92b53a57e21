using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>Real workers that are killed, stopped and continued, on a store that is killed too. CHATMODELS_SEED repeats a run, CHATMODELS_BATCH_LINES makes it larger or smaller.</summary>
public sealed class BatchFaultTests
{
    private const int FewLines = 3_000;
    private static readonly int Lines = int.TryParse(Environment.GetEnvironmentVariable("CHATMODELS_BATCH_LINES"), out var lines) ? lines : 20_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task ABatch_WhateverIsKilled_HasEachLineExactlyOnce(StoreKind store)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"CHATMODELS_SEED={BatchFaultPlan.Seed}");
        var plan = new BatchFaultPlan(BatchFaultPlan.Seed);
        await using var fire = await BatchUnderFire.StartAsync(store, Lines);
        var (running, finishing) = (plan.WhileRunning(), plan.WhileFinishing());
        fire.Caught.At(finishing[0]);
        await fire.Batch.CreateAsync(Lines);

        GatedWorker? paused = null;
        foreach (var (at, fault) in running)
        {
            await fire.UntilAskedAsync(at);
            paused = await HarmAsync(fire, plan, fault, paused);
        }

        await fire.AllStartedAsync();
        foreach (var next in finishing.Skip(1))
        {
            var finisher = await FinisherAsync(fire);
            fire.Caught.At(next);
            await fire.KillAsync(finisher, underWay: 0);
        }

        await fire.RestartStoreAsync();
        var late = await FinisherAsync(fire);
        await fire.PauseAsync(late, underWay: 0);
        fire.Caught.At(null);
        await fire.StartWorkerAsync();
        await fire.AssertDoneAsync();

        // It wakes with what it was about to write, long after somebody else has finished.
        var before = await FilesAsync(fire);
        late.Gate.Open();
        fire.Continue(late);
        await fire.StopAsync(late);
        Assert.Equal(before, await FilesAsync(fire));
        Assert.InRange(fire.Faults.Count(fault => fault != "SIGCONT"), 10, int.MaxValue);
        await fire.AssertDoneAsync();
    }

    [Fact]
    public async Task ADeployment_ThatReplacesEveryWorker_RepeatsNothing()
    {
        await using var fire = await BatchUnderFire.StartAsync(StoreKind.Redis, FewLines);
        await fire.Batch.CreateAsync(FewLines);

        foreach (var share in new[] { 0.1, 0.3, 0.5 })
        {
            await fire.UntilAskedAsync(share);
            await fire.StopAsync(fire.Workers[0]);
            await fire.StartWorkerAsync();
        }

        await fire.AssertDoneAsync();
        Assert.Equal(0, fire.Repeated);
    }

    [Fact]
    public async Task TheReplicas_TellWhatTheyRun()
    {
        await using var fire = await BatchUnderFire.StartAsync(StoreKind.Redis, Lines);
        await fire.Batch.CreateAsync(Lines);

        await fire.Batch.UntilReplicasAsync(replicas => replicas.Count(r => r.TryGetProperty("work", out var work) && work.EnumerateArray().Any(w => w.GetString()!.StartsWith("batch_", StringComparison.Ordinal))) == 3);
    }

    /// <summary>Who is stopped now.</summary>
    private static async Task<GatedWorker?> HarmAsync(BatchUnderFire fire, BatchFaultPlan plan, BatchFault fault, GatedWorker? paused)
    {
        switch (fault)
        {
            case BatchFault.RestartStore:
                await fire.RestartStoreAsync();
                return paused;
            case BatchFault.Continue:
                fire.Continue(paused!);
                return null;
            default:
                var able = await AbleAsync(fire, paused);
                var one = able[plan.Choose(able.Count)];
                if (fault is BatchFault.Pause)
                {
                    await fire.PauseAsync(one);
                    return one;
                }

                await fire.KillAsync(one);
                fire.StartWorker();
                return paused;
        }
    }

    /// <summary>The workers that run now; some may still be starting.</summary>
    private static async Task<List<GatedWorker>> AbleAsync(BatchUnderFire fire, GatedWorker? paused)
    {
        List<GatedWorker> able = [];
        await WaitUntil.TrueAsync(() => (able = [.. fire.Workers.Where(worker => worker != paused)]).Count > 0, "a worker that runs", TimeSpan.FromSeconds(60), Cancelled);
        return able;
    }

    /// <summary>The worker that was caught while it was finishing, and surely was.</summary>
    private static async Task<GatedWorker> FinisherAsync(BatchUnderFire fire)
    {
        GatedWorker? finisher = null;
        await WaitUntil.TrueAsync(
            () => fire.Caught.Holding is { } gate && (finisher = fire.Workers.FirstOrDefault(worker => worker.Gate == gate)) is not null,
            "a worker that finishes the batch", TimeSpan.FromSeconds(120), Cancelled);
        Assert.Equal("finalizing", (await fire.Batch.LookAsync(Cancelled)).GetProperty("status").GetString());
        return finisher!;
    }

    private static async Task<(string, string)> FilesAsync(BatchUnderFire fire)
    {
        var batch = await fire.Batch.LookAsync(Cancelled);
        return (string.Join(' ', await fire.Batch.ResultsAsync(batch, "output_file_id")), string.Join(' ', await fire.Batch.ResultsAsync(batch, "error_file_id")));
    }
}
