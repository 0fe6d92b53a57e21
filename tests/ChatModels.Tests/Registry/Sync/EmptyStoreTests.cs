using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

/// <summary>A store that never had a registry: one is born, once.</summary>
public sealed class EmptyStoreTests : StoreTest
{
    [Fact]
    public async Task Refresh_EmptyStoreInDevelopment_GivesBirthWithTheSeedAtOnce()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());

        Assert.Equal(1, replica.Current.Head!.Revision);
        Assert.Equal(["echo"], replica.Current.Providers.Keys);
        Assert.Equal(["one"], replica.Current.Models.Keys);
        Assert.Null(Assert.Single(Store.Commits).Expected);
    }

    [Fact]
    public async Task Refresh_EmptyStoreWithoutASeed_GivesBirthToAnEmptyRegistryThatCanBeWritten()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);

        Assert.NotNull(replica.Current.Head);
        Assert.Empty(replica.Current.Models);
        Assert.Null((await replica.PutAsync("echo", Sample.Provider)).Failure);
    }

    [Fact]
    public async Task Refresh_EmptyStoreInDevelopment_SaysThatARegistryWasCreatedAndWarnsOfNothing()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());

        Assert.DoesNotContain(replica.Logs.GetSnapshot(), r => r.Level >= LogLevel.Warning);
        Assert.Contains(replica.Logs.GetSnapshot(), r => r.Message == "The store had no registry: created one at revision 1 with 1 providers and 1 models");
    }

    [Fact]
    public async Task Refresh_EmptyStoreElsewhere_WaitsTenSecondsForSomebodyWhoRestores()
    {
        using var replica = new TestReplica(Store, Time, new RegistryOptions(), Sample.Seed());
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(9.9));

        var next = await replica.RefreshAsync();

        Assert.Equal(RegistryState.Loading, replica.Registry.Status.State);
        Assert.Empty(Store.Commits);
        Assert.Equal(100, next.TotalMilliseconds, precision: 3);
        Time.Advance(next);
        await replica.RefreshAsync();
        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal(["one"], replica.Current.Models.Keys);
    }

    [Fact]
    public async Task Put_WhileTheStoreWaitsForARestore_IsRefusedAndBearsNothing()
    {
        using var replica = new TestReplica(Store, Time, new RegistryOptions());
        await replica.RefreshAsync();

        var result = await replica.PutAsync("echo", Sample.Provider);

        Assert.Equal(ErrorCodes.RegistryNotLoaded, result.Failure!.Code);
        Assert.Empty(Store.Commits);
    }

    [Fact]
    public async Task Refresh_StoreWithAHeadButNoEntities_IsNotEmptyAndNotSeeded()
    {
        using var first = await TestReplica.LoadedAsync(Store, Time);

        using var second = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed(), chance: 2);

        Assert.Equal(first.Current.Head, second.Current.Head);
        Assert.Empty(second.Current.Models);
    }

    [Fact]
    public async Task Refresh_TwoProcessesOnAnEmptyStore_AgreeOnOneRegistry()
    {
        using var first = new TestReplica(Store, Time, seed: Sample.Seed());
        using var second = new TestReplica(Store, Time, seed: Sample.Seed(), chance: 2);
        var inside = second;
        Store.OnCommit = async _ =>
        {
            // The other one is born while this one's transaction is on its way.
            if (Interlocked.Exchange(ref inside!, null) is { } other)
            {
                await other.RefreshAsync();
            }

            return null;
        };

        await first.RefreshAsync();
        await first.RefreshAsync();

        Assert.Equal(RegistryState.Live, first.Registry.Status.State);
        Assert.Equal(second.Current.Head, first.Current.Head);
        Assert.Equal(2, Store.Commits.Count);
    }

    [Fact]
    public async Task Refresh_NewcomerOnAWipedStore_BearsNothingWhileAHolderLives()
    {
        using var holder = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
        Store.Wipe();
        await holder.RefreshAsync();

        using var newcomer = new TestReplica(Store, Time, chance: 2);
        await newcomer.RefreshAsync();

        Assert.Equal(RegistryState.Loading, newcomer.Registry.Status.State);
        Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refresh_BirthThatTheStoreRefuses_IsTriedAgain()
    {
        using var replica = new TestReplica(Store, Time);
        Store.OnCommit = _ => Task.FromResult<CommitOutcome?>(CommitOutcome.Unknown);
        await replica.RefreshAsync();
        Assert.Equal(RegistryState.Loading, replica.Registry.Status.State);
        Store.OnCommit = _ => Task.FromResult<CommitOutcome?>(null);

        await replica.RefreshAsync();

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
    }
}
