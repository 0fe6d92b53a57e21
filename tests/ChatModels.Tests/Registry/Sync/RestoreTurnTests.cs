using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

/// <summary>Of those who hold a registry that the store has lost, who restores it.</summary>
public sealed class RestoreTurnTests : StoreTest
{
    [Fact]
    public async Task Refresh_StoreWipedWhileAnotherHoldsMore_LeavesTheRestoreToIt()
    {
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
        using var diverged = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
}
