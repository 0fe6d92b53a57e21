using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

/// <summary>What a restored store says of its past, and what that proves to others.</summary>
public sealed class LineageTests : StoreTest
{
    [Fact]
    public async Task Refresh_StoreRestoredFromAnotherHistory_SaysDivergedThoughTheLogNoLongerReachesBack()
    {
        using var first = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
        using var writer = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
        using var behind = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
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
}
