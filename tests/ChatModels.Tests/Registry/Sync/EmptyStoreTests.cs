using System.Text;
using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

public sealed class EmptyStoreTests : StoreTest
{
    [Fact]
    public async Task Refresh_EmptyStoreInDevelopment_GivesBirthWithTheSeedAtOnce()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time, seed: Seed());

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
        using var replica = await TestReplica.LoadedAsync(Store, Time, seed: Seed());

        Assert.DoesNotContain(replica.Logs.GetSnapshot(), r => r.Level >= LogLevel.Warning);
        Assert.Contains(replica.Logs.GetSnapshot(), r => r.Message == "The store had no registry: created one at revision 1 with 1 providers and 1 models");
    }

    [Fact]
    public async Task Refresh_StoreThatWasWiped_WarnsOfTheRestore()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await replica.RefreshAsync();

        var line = Assert.Single(replica.Logs.GetSnapshot(), r => r.Message.StartsWith("The store had lost the registry", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Fact]
    public async Task Refresh_EmptyStoreElsewhere_WaitsTenSecondsForSomebodyWhoRestores()
    {
        using var replica = new TestReplica(Store, Time, new RegistryOptions(), Seed());
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

        using var second = await TestReplica.LoadedAsync(Store, Time, seed: Seed(), chance: 2);

        Assert.Equal(first.Current.Head, second.Current.Head);
        Assert.Empty(second.Current.Models);
    }

    [Fact]
    public async Task Refresh_TwoProcessesOnAnEmptyStore_AgreeOnOneRegistry()
    {
        using var first = new TestReplica(Store, Time, seed: Seed());
        using var second = new TestReplica(Store, Time, seed: Seed(), chance: 2);
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
    public async Task Refresh_StoreWiped_RestoresAfterTwoSecondsOfTheSameHistory()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        await replica.PutAsync("two", Sample.Model);
        var held = replica.Current;
        Store.Wipe();
        await replica.RefreshAsync();
        Assert.Equal(RegistryState.Stale, replica.Registry.Status.State);
        Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));

        Time.Advance(TimeSpan.FromSeconds(2));
        await replica.RefreshAsync();

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal((held.Head!.Epoch, held.Head.Revision + 1), (replica.Current.Head!.Epoch, replica.Current.Head.Revision));
        using var fresh = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        Assert.Equal(
            held.Models.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => (m.Id, m.Tag)),
            fresh.Current.Models.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => (m.Id, m.Tag)));
    }

    [Fact]
    public async Task Refresh_StoreRestoredByAnother_FollowsAsIfNothingHadHappened()
    {
        using var first = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var second = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var model = second.Current.Models["one"];
        Store.Wipe();
        await first.RefreshAsync();
        await second.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await first.RefreshAsync();

        await second.RefreshAsync();

        Assert.Equal(RegistryState.Live, second.Registry.Status.State);
        Assert.Equal(first.Current.Head, second.Current.Head);
        Assert.Same(model, second.Current.Models["one"]);
    }

    [Fact]
    public async Task Refresh_StoreRestoredFromAnotherHistory_SaysDivergedThoughTheLogNoLongerReachesBack()
    {
        using var first = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var second = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await first.PutAsync("mine", Sample.Model);
        await Store.FallBackToAsync(commits: 1);
        await second.PutAsync("theirs", Sample.Model);
        await second.PutAsync("more", Sample.Model);
        var held = first.Current;
        Store.Wipe();
        await second.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await second.RefreshAsync();
        Assert.True(second.Current.Head!.Revision > held.Head!.Revision + 1);

        await first.RefreshAsync();

        Assert.Equal(RegistryState.Diverged, first.Registry.Status.State);
        Assert.Same(held, first.Current);
    }

    [Fact]
    public async Task Refresh_WhenTheLogWasLostAfterAFullRead_LearnsItsLineageAtTheNextComparison()
    {
        using var writer = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        await writer.PutAsync("two", Sample.Model);
        Store.LogDown = true;
        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        Assert.True(reader.State.Lineage.IsMissing);
        Store.LogDown = false;

        await reader.RefreshAsync();

        Assert.False(reader.State.Lineage.IsPartial);
        Assert.Equal(writer.State.Lineage.Known, reader.State.Lineage.Known);
    }

    [Fact]
    public async Task Refresh_StoreRestoredByAProcessThatDoesNotKnowItsPast_SaysDivergedSinceNothingProvesTheHistory()
    {
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var writer = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await writer.PutAsync("two", Sample.Model);
        await writer.PutAsync("three", Sample.Model);
        Store.LogDown = true;
        using var blind = await TestReplica.LoadedAsync(Store, Time, chance: 3);
        Store.Wipe();
        await blind.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await blind.RefreshAsync();
        Store.LogDown = false;
        var held = behind.Current;

        await behind.RefreshAsync();

        Assert.Equal((RegistryState.Live, RegistryState.Diverged), (blind.Registry.Status.State, behind.Registry.Status.State));
        Assert.Same(held, behind.Current);
    }

    [Fact]
    public async Task Refresh_StoreWipedWhileAnotherHoldsMore_LeavesTheRestoreToIt()
    {
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var ahead = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await ahead.PutAsync("two", Sample.Model);
        Store.Wipe();
        await behind.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await ahead.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(1));

        await behind.RefreshAsync();
        Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("goes first", behind.Registry.Status.Reason, StringComparison.Ordinal);
        Time.Advance(TimeSpan.FromSeconds(1));
        await ahead.RefreshAsync();
        await behind.RefreshAsync();

        Assert.Equal((RegistryState.Live, 3L), (behind.Registry.Status.State, behind.Current.Head!.Revision));
        Assert.Equal(["one", "two"], behind.Current.Models.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Refresh_StoreWipedWhileOneThatWasThereIsSilent_WaitsForItsNextAnnouncement()
    {
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var ahead = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await ahead.Directory.TryAnnounceAsync(TestContext.Current.CancellationToken);
        await behind.Directory.TryHearAsync(TestContext.Current.CancellationToken);
        await ahead.PutAsync("two", Sample.Model);
        Store.Wipe();
        await behind.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(5));

        await behind.RefreshAsync();
        Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("was there a moment ago", behind.Registry.Status.Reason, StringComparison.Ordinal);
        Time.Advance(TimeSpan.FromSeconds(2));
        await behind.RefreshAsync();

        Assert.Equal((RegistryState.Live, 2L), (behind.Registry.Status.State, behind.Current.Head!.Revision));
        await ahead.RefreshAsync();
        Assert.Equal(RegistryState.Diverged, ahead.Registry.Status.State);
    }

    [Fact]
    public async Task Refresh_StoreWipedWhileOneThatHoldsMoreNeverActs_RestoresOnceThatCountsAsStuck()
    {
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var stuck = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await stuck.PutAsync("two", Sample.Model);
        Store.Wipe();
        await behind.RefreshAsync();
        for (var second = 0; second < 16; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await stuck.Directory.TryAnnounceAsync(TestContext.Current.CancellationToken);
            await behind.RefreshAsync();
            Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        await behind.RefreshAsync();

        Assert.Equal(RegistryState.Live, behind.Registry.Status.State);
    }

    [Fact]
    public async Task Refresh_StoreWipedAfterAFailover_IsRestoredByWhoFollowedTheStoreAndNotByWhoDiverged()
    {
        using var diverged = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        using var follower = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await diverged.PutAsync("lost", Sample.Model);
        await diverged.PutAsync("also lost", Sample.Model);
        await diverged.PutAsync("lost", Sample.Model with { ContextWindow = 9 });
        await Store.FallBackToAsync(commits: 1);
        await follower.PutAsync("kept", Sample.Model);
        await diverged.RefreshAsync();
        Assert.Equal(RegistryState.Diverged, diverged.Registry.Status.State);
        Store.Wipe();
        await diverged.RefreshAsync();
        await follower.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));

        await diverged.RefreshAsync();
        await follower.RefreshAsync();

        Assert.Equal(RegistryState.Live, follower.Registry.Status.State);
        Assert.Equal(["kept", "one"], follower.Current.Models.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Refresh_NewcomerOnAWipedStore_BearsNothingWhileAHolderLives()
    {
        using var holder = await TestReplica.LoadedAsync(Store, Time, seed: Seed());
        Store.Wipe();
        await holder.RefreshAsync();

        using var newcomer = new TestReplica(Store, Time, chance: 2);
        await newcomer.RefreshAsync();

        Assert.Equal(RegistryState.Loading, newcomer.Registry.Status.State);
        Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Restore_KeepsWhatThisProcessCouldNotRead()
    {
        var newer = """{"version":2,"revision":2,"stamp":"n","value":{"type":"echo","quantum":true}}""";
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await Store.ApplyAsync(StoreWriting.Opaque(replica.Current.Head, "n", StoreWriting.Entity(EntityKind.Provider, "newer", newer)));
        await replica.RefreshAsync();
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));

        await replica.RefreshAsync();

        var image = await Store.ReadAllAsync(TestContext.Current.CancellationToken);
        Assert.Equal(newer, Encoding.UTF8.GetString(Assert.Single(image!.Entities).Json!.Value.Span));
    }

    [Fact]
    public async Task Refresh_HeadIsBackBeforeTheTime_NothingIsRestored()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var commits = Store.Commits.ToArray();
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(1.9));
        await Store.ApplyAsync(commits[0]);
        await replica.RefreshAsync();
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(1.9));

        await replica.RefreshAsync();

        Assert.Equal(commits.Length, Store.Commits.Count);
    }

    [Fact]
    public async Task Put_WhileTheStoreIsWiped_IsRefusedAsNotApplied()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Wipe();

        var result = await replica.PutAsync("echo", Sample.Provider);

        Assert.Equal(ErrorCodes.RegistryUnavailable, result.Failure!.Code);
        Assert.Contains("being restored", result.Failure.Message, StringComparison.Ordinal);
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

    private static RegistrySeed Seed() => new() { Providers = { ["echo"] = Sample.Provider }, Models = { ["one"] = Sample.Model } };
}
