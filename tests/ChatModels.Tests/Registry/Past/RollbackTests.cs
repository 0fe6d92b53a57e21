using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;

namespace ChatModels.Tests.Registry.Past;

public sealed class RollbackTests : StoreTest
{
    [Fact]
    public async Task Rollback_UndoesCreationsChangesAndDeletionsInOneNewRevision()
    {
        using var replica = await WithModelsAsync("changed", "deleted");
        var wanted = replica.Current;
        await replica.PutAsync("changed", Sample.Model with { ContextWindow = 1 });
        await replica.PutAsync("changed", Sample.Model with { ContextWindow = 2 });
        await replica.DeleteModelAsync("deleted");
        await replica.PutAsync("more", Sample.Provider);
        await replica.PutAsync("created", Sample.ModelOn("more"));
        var before = replica.Current.Head!;

        var result = await RollbackAsync(replica, wanted.Head!.Revision);

        Assert.Equal(before.Revision + 1, result.Head!.Revision);
        Assert.Equal(wanted.Models.Keys.Order(), replica.Current.Models.Keys.Order());
        Assert.Equal(["echo"], replica.Current.Providers.Keys);
        Assert.Null(replica.Current.Models["changed"].Config.ContextWindow);
        var models = result.Difference!.Models;
        Assert.Equal(("deleted", "changed", "created"), (models.Created.Single(), models.Changed.Single(), models.Deleted.Single()));
        Assert.Equal(["more"], result.Difference.Providers.Deleted);
    }

    [Fact]
    public async Task Rollback_DryRun_ShowsTheDifferenceAndWritesNothing()
    {
        using var replica = await WithModelsAsync("one", "two");
        var held = replica.Current;

        var result = await RollbackAsync(replica, held.Head!.Revision - 1, dryRun: true);

        Assert.Equal(["two"], result.Difference!.Models.Deleted);
        Assert.Same(held, replica.Current);
    }

    [Fact]
    public async Task Rollback_ToTheHead_WritesNothing()
    {
        using var replica = await WithModelsAsync("one");
        var held = replica.Current;

        var result = await RollbackAsync(replica, held.Head!.Revision);

        Assert.Equal(held.Head, result.Head);
        Assert.Same(held, replica.Current);
    }

    [Fact]
    public async Task Rollback_OfARollback_BringsBackWhatWasThere()
    {
        using var replica = await WithModelsAsync("one");
        var wanted = replica.Current.Head!.Revision;
        await RollbackAsync(replica, wanted - 1);
        Assert.Empty(replica.Current.Models);

        await RollbackAsync(replica, wanted);

        Assert.Equal(["one"], replica.Current.Models.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(99)]
    public async Task Rollback_ToARevisionThatNeverWas_NamesThoseThereAre(long revision)
    {
        using var replica = await WithModelsAsync("one");

        var result = await RollbackAsync(replica, revision);

        Assert.Equal("$.toRevision", Assert.Single(result.Failure!.Issues).Path);
    }

    [Fact]
    public async Task Rollback_FurtherThanTheLogReaches_IsGone()
    {
        using var replica = await WithModelsAsync("one");
        for (var i = 0; i < 1_005; i++)
        {
            await replica.PutAsync("one", Sample.Model with { ContextWindow = i + 1 });
        }

        var result = await RollbackAsync(replica, 2);

        Assert.Equal(ErrorCodes.RevisionGone, result.Failure!.Code);
    }

    [Fact]
    public async Task Rollback_AcrossAnEntryOfNamesOnly_IsGone()
    {
        using var replica = await WithModelsAsync("one");
        await Store.ApplyAsync(StoreWriting.Opaque(replica.Current.Head, "large"));
        await replica.RefreshAsync();
        await replica.PutAsync("two", Sample.Model);
        var head = replica.Current.Head!;

        Assert.Equal(ErrorCodes.RevisionGone, (await RollbackAsync(replica, head.Revision - 2)).Failure!.Code);
        Assert.Null((await RollbackAsync(replica, head.Revision - 1)).Failure);
    }

    [Fact]
    public async Task Rollback_ToWhatTodaysRulesRefuse_SaysSoAndWritesNothing()
    {
        using var replica = await WithModelsAsync("one");
        var wanted = replica.Current.Head!.Revision + 1;
        await Store.ApplyAsync(new StoreCommit(replica.Current.Head, replica.Current.Head! with { Revision = wanted, Stamp = "odd" },
            [StoreWriting.Provider("odd", Sample.Provider with { Timeout = TimeSpan.Zero }, new EntityTag(wanted, "odd"))], StoreWriting.Opaque(replica.Current.Head, "odd").LogEntry));
        await replica.RefreshAsync();
        await replica.DeleteProviderAsync("odd");
        var held = replica.Current;

        var result = await RollbackAsync(replica, wanted);

        Assert.Equal("$.providers['odd'].timeout", Assert.Single(result.Failure!.Issues).Path);
        Assert.Same(held, replica.Current);
    }

    [Fact]
    public async Task Rollback_WhileTheStoreIsDown_IsUnavailable()
    {
        using var replica = await WithModelsAsync("one");
        Store.Down = true;

        Assert.Equal(ErrorCodes.RegistryUnavailable, (await RollbackAsync(replica, 1)).Failure!.Code);
    }

    private static Task<RegistryResult> RollbackAsync(TestReplica replica, long revision, bool dryRun = false) =>
        replica.Registry.RollbackAsync(revision, dryRun, "tester", TestContext.Current.CancellationToken);
}
