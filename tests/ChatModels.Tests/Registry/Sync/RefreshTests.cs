using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

public sealed class RefreshTests : StoreTest
{
    [Fact]
    public void Status_BeforeTheFirstLoad_IsLoadingWithoutAgeOrHead()
    {
        using var replica = new TestReplica(Store, Time);

        var status = replica.Registry.Status;

        Assert.Equal((RegistryState.Loading, null, null), (status.State, status.Head, status.Age));
        Assert.Same(RegistrySnapshot.NotLoaded, replica.Current);
    }

    [Fact]
    [Trait("Requirement", "FR-006")]
    public async Task Refresh_AfterAnothersWrites_FollowsTheLogWithoutReadingEverything()
    {
        using var writer = await TestReplica.LoadedAsync(Store, Time);
        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var fullReads = Store.FullReads;
        await writer.PutAsync("echo", Sample.Provider);
        await writer.PutAsync("one", Sample.Model with { Aliases = ["uno"] });
        await writer.PutAsync("two", Sample.Model);
        await writer.DeleteModelAsync("two");

        await reader.RefreshAsync();

        Assert.Equal(fullReads, Store.FullReads);
        Assert.Equal(writer.Current.Head, reader.Current.Head);
        Assert.Equal(["one"], reader.Current.Models.Keys);
        Assert.Equal(writer.Current.Models["one"].Tag, reader.Current.Models["one"].Tag);
        Assert.True(reader.Current.TryFindModel("uno", out _));
    }

    [Fact]
    public async Task Refresh_WhenNothingChanged_KeepsTheSnapshotAndReadsOnlyTheHead()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var (snapshot, fullReads, logReads) = (replica.Current, Store.FullReads, Store.LogReads);
        Time.Advance(TimeSpan.FromSeconds(3));

        await replica.RefreshAsync();

        Assert.Same(snapshot, replica.Current);
        Assert.Equal((fullReads, logReads), (Store.FullReads, Store.LogReads));
        Assert.Equal(TimeSpan.Zero, replica.Registry.Status.Age);
    }

    [Fact]
    public async Task Refresh_WhenTheLogNoLongerReachesBack_ReadsEverything()
    {
        using var writer = await TestReplica.LoadedAsync(Store, Time);
        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await writer.PutAsync("echo", Sample.Provider);
        await writer.PutAsync("gone", Sample.Model);
        await reader.RefreshAsync();
        // Nothing that the log still tells refers to these, so that only a full read finds them, or that they are gone.
        await writer.PutAsync("forgotten", Sample.Provider);
        await writer.PutAsync("also-forgotten", Sample.ModelOn("forgotten"));
        await writer.DeleteModelAsync("gone");
        for (var i = 0; i < 1_000; i++)
        {
            await writer.PutAsync("one", Sample.Model with { ContextWindow = i + 1 });
        }

        var fullReads = Store.FullReads;
        await reader.RefreshAsync();

        Assert.Equal(fullReads + 1, Store.FullReads);
        Assert.Equal(["also-forgotten", "one"], reader.Current.Models.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["echo", "forgotten"], reader.Current.Providers.Keys.Order(StringComparer.Ordinal));

        Assert.Equal(RegistryState.Live, reader.Registry.Status.State);
        Assert.Equal(writer.Current.Head, reader.Current.Head);
        Assert.Equal(1_000, reader.Current.Models["one"].Config.ContextWindow);
    }

    [Fact]
    public async Task Refresh_WhenALogEntryHasOnlyIds_ReadsEverything()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await Store.ApplyAsync(StoreWriting.Opaque(replica.Current.Head, "big", StoreWriting.Provider("echo", Sample.Provider, new EntityTag(2, "big"))));

        await replica.RefreshAsync();

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal(["echo"], replica.Current.Providers.Keys);
    }

    [Fact]
    [Trait("Requirement", "NFR-010")]
    public async Task Refresh_WhenTheStoreIsDown_KeepsServingAndCountsTheAge()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var snapshot = replica.Current;
        Store.Down = true;
        Time.Advance(TimeSpan.FromSeconds(7));

        await replica.RefreshAsync();

        var status = replica.Registry.Status;
        Assert.Same(snapshot, replica.Current);
        Assert.Equal((RegistryState.Stale, "It is down.", TimeSpan.FromSeconds(7)), (status.State, status.Reason, status.Age));
    }

    [Fact]
    public async Task Refresh_WhenTheStoreIsBack_IsLiveAgainAndTellsEachChangeOnce()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        replica.Logs.Clear();
        Store.Down = true;
        await replica.RefreshAsync();
        await replica.RefreshAsync();
        await replica.RefreshAsync();
        Store.Down = false;

        await replica.RefreshAsync();
        await replica.RefreshAsync();

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], replica.Logs.GetSnapshot().Select(r => r.Level));
    }

    [Fact]
    public async Task Refresh_WhenAReadHangs_GivesUpAtTheDeadline()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var asked = new TaskCompletionSource();
        Store.BeforeReadHead = () =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task;
        };

        var refresh = replica.RefreshAsync();
        await asked.Task;
        Time.Advance(TimeSpan.FromSeconds(6));
        await refresh;

        Assert.Equal((RegistryState.Stale, "The store did not answer within 00:00:05."), (replica.Registry.Status.State, replica.Registry.Status.Reason));
    }

    [Fact]
    public async Task Status_WhenNobodyComparesAnyMore_BecomesStaleByItself()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);

        Time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(RegistryState.Stale, replica.Registry.Status.State);
    }

    [Fact]
    public async Task Refresh_WhenARevisionIsUnreadable_KeepsTheLastGoodOneAndShowsTheRejected()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.PutAsync("echo", Sample.Provider);
        var good = replica.Current;
        await Store.ApplyAsync(StoreWriting.Opaque(good.Head, "bad", StoreWriting.Entity(EntityKind.Model, "broken", "{")));

        await replica.RefreshAsync();
        var reads = Store.FullReads;
        await replica.RefreshAsync();

        var status = replica.Registry.Status;
        Assert.Same(good, replica.Current);
        Assert.Equal((RegistryState.Stale, 3L), (status.State, status.RejectedRevision));
        Assert.StartsWith("Revision 3 was refused: The model 'broken' is not readable JSON", status.Reason, StringComparison.Ordinal);
        Assert.Equal(reads, Store.FullReads);
    }

    [Fact]
    public async Task Refresh_WhenTheNextRevisionIsReadable_LeavesTheRejectedBehind()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var bad = StoreWriting.Opaque(replica.Current.Head, "bad", StoreWriting.Model("one", Sample.Model, new EntityTag(2, "bad")));
        await Store.ApplyAsync(bad);
        await replica.RefreshAsync();
        Assert.Equal(2, replica.Registry.Status.RejectedRevision);
        await Store.ApplyAsync(StoreWriting.Opaque(bad.Next, "good", StoreWriting.Provider("echo", Sample.Provider, new EntityTag(3, "good"))));

        await replica.RefreshAsync();

        Assert.Equal((RegistryState.Live, null), (replica.Registry.Status.State, replica.Registry.Status.RejectedRevision));
        Assert.Equal(["one"], replica.Current.Models.Keys);
    }
}
