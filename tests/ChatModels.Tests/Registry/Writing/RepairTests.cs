using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

/// <summary>The newest revision can't be read: somebody must be able to put it right, by the ordinary verbs.</summary>
public sealed class RepairTests : StoreTest
{
    [Fact]
    public async Task Put_OfSomethingElse_IsRefusedAndNamesWhatIsWrong()
    {
        using var replica = await RejectedAsync(StoreWriting.Entity(EntityKind.Model, "broken", "{"));
        var commits = Store.Commits.Count;

        var failure = (await replica.PutAsync("other", Sample.Provider)).Failure!;

        Assert.Equal(ErrorCodes.RegistryRejected, failure.Code);
        Assert.Contains("'broken' is not readable JSON", failure.Message, StringComparison.Ordinal);
        Assert.Equal(commits, Store.Commits.Count);
    }

    [Fact]
    public async Task Put_OfTheUnreadableEntity_CuresTheRegistryForEveryone()
    {
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        using var replica = await RejectedAsync(StoreWriting.Entity(EntityKind.Model, "broken", "{"));
        await other.RefreshAsync();
        Assert.Equal(3, other.Registry.Status.RejectedRevision);

        var result = await replica.PutAsync("broken", Sample.Model);
        await other.RefreshAsync();

        Assert.Null(result.Failure);
        foreach (var each in new[] { replica, other })
        {
            Assert.Equal((RegistryState.Live, 4L, null), (each.Registry.Status.State, each.Current.Head!.Revision, each.Registry.Status.RejectedRevision));
            Assert.True(each.Current.TryFindModel("broken", out _));
        }
    }

    [Fact]
    public async Task Delete_OfTheUnreadableEntity_CuresTheRegistry()
    {
        using var replica = await RejectedAsync(StoreWriting.Entity(EntityKind.Model, "broken", "{"));

        Assert.Null((await replica.DeleteModelAsync("broken")).Failure);

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Empty(replica.Current.Models);
    }

    [Fact]
    public async Task Apply_OfTwoUnreadableEntities_CuresBothAtOnceAndOneAloneDoesNot()
    {
        using var replica = await RejectedAsync(StoreWriting.Entity(EntityKind.Model, "one", "{"), StoreWriting.Entity(EntityKind.Provider, "two", "[]"));
        Assert.Equal(ErrorCodes.RegistryRejected, (await replica.PutAsync("one", Sample.Model)).Failure!.Code);

        var apply = new RegistryApply { Providers = [new("two", Sample.Provider)], Models = [new("one", Sample.Model)] };
        var result = await replica.Registry.ApplyAsync(apply, "tester", TestContext.Current.CancellationToken);

        Assert.Null(result.Failure);
        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
    }

    [Fact]
    public async Task Apply_WithPrune_DeletesWhatCantBeRead()
    {
        using var replica = await RejectedAsync(StoreWriting.Entity(EntityKind.Model, "broken", "{"));

        var apply = new RegistryApply { Models = [new("one", Sample.Model)], Prune = true };
        var result = await replica.Registry.ApplyAsync(apply, "tester", TestContext.Current.CancellationToken);

        Assert.Null(result.Failure);
        Assert.Equal(["one"], replica.Current.Models.Keys);
    }

    [Fact]
    public async Task Put_OfTheProviderThatAModelNamesInVain_CuresTheRegistry()
    {
        using var replica = await RejectedAsync(StoreWriting.Model("one", Sample.ModelOn("missing"), new EntityTag(3, "bad")));

        Assert.Equal(ErrorCodes.RegistryRejected, (await replica.PutAsync("other", Sample.Provider)).Failure!.Code);
        Assert.Null((await replica.PutAsync("missing", Sample.Provider)).Failure);

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal(["one"], replica.Current.Models.Keys);
    }

    [Fact]
    public async Task Put_AtAProcessThatHasNeverLoaded_CuresTheRegistryToo()
    {
        using var writer = await RejectedAsync(StoreWriting.Entity(EntityKind.Model, "broken", "{"));
        using var fresh = new TestReplica(Store, Time, chance: 3);
        await fresh.RefreshAsync();
        Assert.Equal(RegistryState.Loading, fresh.Registry.Status.State);

        Assert.Null((await fresh.PutAsync("broken", Sample.Model)).Failure);

        Assert.Equal(RegistryState.Live, fresh.Registry.Status.State);
    }

    [Fact]
    public async Task Accept_WhenNothingProvesTheHistoryOfTheNewestRevision_TakesItOver()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var held = replica.Current.Head!;
        var next = held with { Revision = held.Revision + 1, Stamp = "x" };
        await Store.ApplyAsync(new StoreCommit(held, next, [StoreWriting.Provider("echo", Sample.Provider, new EntityTag(2, "x"))], "{"u8.ToArray()));
        Assert.Equal(ErrorCodes.RegistryRejected, (await replica.PutAsync("echo", Sample.Provider)).Failure!.Code);

        Assert.Null((await replica.Registry.AcceptAsync(dryRun: false, TestContext.Current.CancellationToken)).Failure);

        Assert.Equal((RegistryState.Live, next), (replica.Registry.Status.State, replica.Current.Head));
    }

    /// <summary>A replica at revision 2, whose store holds a bad revision 3.</summary>
    private async Task<TestReplica> RejectedAsync(params StoredEntity[] bad)
    {
        var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.PutAsync("echo", Sample.Provider);
        await Store.ApplyAsync(StoreWriting.Opaque(replica.Current.Head, "bad", bad));
        await replica.RefreshAsync();
        Assert.Equal(3, replica.Registry.Status.RejectedRevision);
        return replica;
    }
}
