using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

public sealed class DivergenceTests : StoreTest
{
    [Fact]
    public async Task Refresh_AfterAFailoverToAnOlderCopy_KeepsWhatItHasAndSaysDiverged()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 3);

        await replica.RefreshAsync();

        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Refresh_AfterAFailoverAndWritesPastTheOldRevision_SeesAnotherHistoryByItsStamps()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 3);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        for (var i = 0; i < 5; i++)
        {
            await other.PutAsync($"other{i}", Sample.Model);
        }

        Assert.True(other.Current.Head!.Revision > held.Head!.Revision);
        await replica.RefreshAsync();

        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Refresh_AfterAFailoverAndAsManyWrites_SeesAnotherHistoryAtTheSameRevision()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 4);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await other.PutAsync("other", Sample.Model);
        Assert.Equal(held.Head!.Revision, other.Current.Head!.Revision);

        await replica.RefreshAsync();

        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Refresh_WhenTheStoreHasAnotherEpoch_SaysDiverged()
    {
        using var replica = await ReplicaWithModelsAsync(1);
        var held = replica.Current;
        Store.Wipe();
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        Assert.NotEqual(held.Head!.Epoch, other.Current.Head!.Epoch);

        await replica.RefreshAsync();

        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Refresh_WhenTheFirstEntryAfterMineIsUnreadable_RefusesSinceNothingProvesTheHistory()
    {
        using var replica = await ReplicaWithModelsAsync(1);
        var held = replica.Current;
        await Store.ApplyAsync(new StoreCommit(held.Head, held.Head! with { Revision = held.Head.Revision + 1, Stamp = "x" }, [], "{"u8.ToArray()));

        await replica.RefreshAsync();

        Assert.Same(held, replica.Current);
        Assert.Equal((RegistryState.Stale, held.Head.Revision + 1), (replica.Registry.Status.State, replica.Registry.Status.RejectedRevision));
    }

    [Fact]
    public async Task Refresh_WhenTheLogForgetsWhereTheHistoriesParted_StaysDiverged()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 3);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await replica.RefreshAsync();
        for (var i = 0; i < 1_005; i++)
        {
            await other.PutAsync("other", Sample.Model with { ContextWindow = i + 1 });
        }

        await replica.RefreshAsync();

        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Refresh_WhenTheOldHistoryIsBack_IsLiveAgain()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var commits = Store.Commits.ToArray();
        await Store.FallBackToAsync(commits: 3);
        await replica.RefreshAsync();
        foreach (var commit in commits.Skip(3))
        {
            await Store.ApplyAsync(commit);
        }

        await replica.RefreshAsync();

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
    }

    [Fact]
    public async Task Refresh_WhenDivergedAndTheStoreGoesDown_GoesOnSayingDiverged()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 3);
        await replica.RefreshAsync();
        Store.Down = true;

        await replica.RefreshAsync();

        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Put_WhenDiverged_IsRefusedWithoutATouch()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        await Store.FallBackToAsync(commits: 3);
        var commits = Store.Commits.Count;

        var result = await replica.PutAsync("mine", Sample.Model);

        Assert.Equal(ErrorCodes.RegistryDiverged, result.Failure!.Code);
        Assert.Equal(commits, Store.Commits.Count);
    }

    [Fact]
    public async Task Accept_DryRun_ShowsTheDifferenceAndChangesNothing()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 3);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await other.PutAsync("m0", Sample.Model with { ContextWindow = 5 });
        await other.PutAsync("other", Sample.Model);
        await replica.RefreshAsync();

        var difference = (await replica.Registry.AcceptAsync(dryRun: true, TestContext.Current.CancellationToken)).Difference;

        Assert.Equal((held.Head, other.Current.Head), (difference!.From, difference.To));
        Assert.Equal(["other"], difference.Models.Created);
        Assert.Equal(["m0"], difference.Models.Changed);
        Assert.Equal(["m1", "m2"], difference.Models.Deleted);
        AssertDiverged(replica, held);
    }

    [Fact]
    public async Task Accept_TakesTheStoresHistoryAndIsWritableAgain()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        await Store.FallBackToAsync(commits: 3);
        await replica.RefreshAsync();

        await replica.Registry.AcceptAsync(dryRun: false, TestContext.Current.CancellationToken);

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal(["m0"], replica.Current.Models.Keys);
        Assert.Null((await replica.PutAsync("new", Sample.Model)).Failure);
    }

    [Fact]
    public async Task Accept_WhenNotDiverged_IsRefused()
    {
        using var replica = await ReplicaWithModelsAsync(1);
        var held = replica.Current;

        var result = await replica.Registry.AcceptAsync(dryRun: false, TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCodes.NotDiverged, result.Failure!.Code);
        Assert.Same(held, replica.Current);
    }

    [Fact]
    public async Task Accept_WhileTheStoreIsDown_IsUnavailableAndChangesNothing()
    {
        using var replica = await ReplicaWithModelsAsync(3);
        var held = replica.Current;
        await Store.FallBackToAsync(commits: 3);
        await replica.RefreshAsync();
        Store.Down = true;

        var result = await replica.Registry.AcceptAsync(dryRun: false, TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCodes.RegistryUnavailable, result.Failure!.Code);
        AssertDiverged(replica, held);
    }

    private static void AssertDiverged(TestReplica replica, RegistrySnapshot held)
    {
        Assert.Same(held, replica.Current);
        Assert.Equal(RegistryState.Diverged, replica.Registry.Status.State);
        Assert.NotNull(replica.Registry.Status.Reason);
    }

    /// <summary>Commits: the birth, provider echo, models m0 ...</summary>
    private async Task<TestReplica> ReplicaWithModelsAsync(int models)
    {
        var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.PutAsync("echo", Sample.Provider);
        for (var i = 0; i < models; i++)
        {
            await replica.PutAsync($"m{i}", Sample.Model);
        }

        Assert.Equal(models, replica.Current.Models.Count);
        return replica;
    }
}
