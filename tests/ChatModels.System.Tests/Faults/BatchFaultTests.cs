using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>Real workers that are killed, stopped and continued, on a store that is killed too. A larger one: CHATMODELS_BATCH_LINES=20000.</summary>
public sealed class BatchFaultTests
{
    private static readonly int Lines = int.TryParse(Environment.GetEnvironmentVariable("CHATMODELS_BATCH_LINES"), out var lines) ? lines : 3_000;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task ABatch_WhateverIsKilled_HasEachLineExactlyOnce(StoreKind store)
    {
        await using var batch = await BatchUnderFire.StartAsync(store, Lines);

        await batch.UntilAnsweredAsync(0.10);
        await batch.KillAsync(0);
        await batch.UntilAnsweredAsync(0.20);
        await batch.PauseAsync(0);
        await batch.StartWorkerAsync();
        await batch.UntilAnsweredAsync(0.40);
        await batch.RestartStoreAsync();
        await batch.UntilAnsweredAsync(0.55);
        await batch.KillAsync(1);
        await batch.StartWorkerAsync();
        await batch.UntilAnsweredAsync(0.70);
        batch.Workers[0].Process.SignalAll(ProcessSignal.Continue);

        // As close to the end as can be seen from outside, twice: whoever finishes is killed, the store too.
        await batch.UntilAnsweredAsync(0.98);
        await batch.KillAsync(0);
        await batch.UntilAnsweredAsync(1);
        while (batch.Workers.Count > 0)
        {
            await batch.KillAsync(0);
        }

        await batch.RestartStoreAsync();
        await batch.StartWorkerAsync();
        await batch.AssertDoneAsync();
    }

    [Fact]
    public async Task ADeployment_ThatReplacesEveryWorker_RepeatsNothing()
    {
        await using var batch = await BatchUnderFire.StartAsync(StoreKind.Redis, Lines / 2);

        foreach (var share in new[] { 0.1, 0.3, 0.5 })
        {
            await batch.UntilAnsweredAsync(share);
            await batch.StopAsync(0);
            await batch.StartWorkerAsync();
        }

        await batch.AssertDoneAsync();
        Assert.Equal(0, batch.Repeated);
    }

    [Fact]
    public async Task TheReplicas_TellWhatTheyRun()
    {
        await using var batch = await BatchUnderFire.StartAsync(StoreKind.Redis, Lines);

        await batch.UntilReplicasAsync(replicas => replicas.Count(r => r.TryGetProperty("work", out var work) && work.EnumerateArray().Any(w => w.GetString()!.StartsWith("batch_", StringComparison.Ordinal))) == 3);
    }
}
