using ChatModels.Registry;
using ChatModels.Registry.Wire;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

public sealed class ApplyTests : StoreTest
{
    [Fact]
    public async Task Apply_EntitiesThatNameEachOther_AreOneRevision()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);

        var result = await ApplyAsync(replica, new RegistryApply
        {
            Providers = [new("echo", Sample.Provider)],
            Models = [new("one", Sample.Model with { Fallbacks = ["two"] }), new("two", Sample.Model)],
        });

        Assert.Null(result.Failure);
        Assert.Equal(2, replica.Current.Head!.Revision);
        Assert.Equal(["echo"], result.Difference!.Providers.Created);
        Assert.Equal(["one", "two"], result.Difference.Models.Created);
        Assert.Equal((1, replica.Current.Head), (result.Difference.From!.Revision, result.Difference.To));
        Assert.Equal("apply", LogCodec.TryDecode(Store.Commits[^1].LogEntry)!.Op);
    }

    [Fact]
    public async Task Apply_WithMistakes_ListsEachWithItsPathAndWritesNothing()
    {
        using var replica = await WithModelsAsync("one");
        var commits = Store.Commits.Count;

        var result = await ApplyAsync(replica, new RegistryApply
        {
            Providers = [new("Bad Name", Sample.Provider), new("fine", Sample.Provider with { Timeout = TimeSpan.Zero })],
            Models = [new("good", Sample.Model), new("bad", Sample.ModelOn("nobody")), new("good", Sample.Model), new(null!, Sample.Model), new("none", null!)],
        });

        Assert.Equal(ErrorCodes.ValidationFailed, result.Failure!.Code);
        Assert.Equal(
            ["$.models[1].deployments[0].provider", "$.models[2].id", "$.models[3].id", "$.models[4]", "$.providers[0].id", "$.providers[1].timeout"],
            result.Failure.Issues.Select(i => i.Path).Order(StringComparer.Ordinal));
        Assert.Equal(commits, Store.Commits.Count);
        Assert.Equal(["one"], replica.Current.Models.Keys);
    }

    [Fact]
    public async Task Apply_WhatIsThereAlready_WritesNothing()
    {
        using var replica = await WithModelsAsync("one");
        var (head, commits) = (replica.Current.Head, Store.Commits.Count);

        var result = await ApplyAsync(replica, new RegistryApply { Providers = [new("echo", Sample.Provider)], Models = [new("one", Sample.Model)], Prune = true });

        Assert.Equal((head, head), (result.Head, result.Difference!.To));
        Assert.Equal((1, 1), (result.Difference.Providers.Unchanged, result.Difference.Models.Unchanged));
        Assert.Equal(commits, Store.Commits.Count);
    }

    [Fact]
    public async Task Apply_SomeOfItNew_LeavesTheRestsTagsAlone()
    {
        using var replica = await WithModelsAsync("one", "two");
        var tag = replica.Current.Models["one"].Tag;

        var result = await ApplyAsync(replica, new RegistryApply { Models = [new("one", Sample.Model), new("two", Sample.Model with { ContextWindow = 9 })] });

        Assert.Equal(tag, replica.Current.Models["one"].Tag);
        Assert.Equal("two", Assert.Single(result.Difference!.Models.Changed));
        Assert.Equal(1, result.Difference.Models.Unchanged);
    }

    [Fact]
    public async Task Apply_DryRun_SaysWhatWouldChangeAndWritesNothing()
    {
        using var replica = await WithModelsAsync("gone", "kept", "other");
        var (held, commits) = (replica.Current, Store.Commits.Count);

        var result = await ApplyAsync(replica, new RegistryApply
        {
            Models = [new("kept", Sample.Model), new("new", Sample.Model), new("other", Sample.Model with { Enabled = false })],
            Prune = true,
            DryRun = true,
        });

        var models = result.Difference!.Models;
        Assert.Equal(("new", "other", "gone", 1), (models.Created.Single(), models.Changed.Single(), models.Deleted.Single(), models.Unchanged));
        Assert.Null(result.Difference.To);
        Assert.Equal(commits, Store.Commits.Count);
        Assert.Same(held, replica.Current);
    }

    [Fact]
    public async Task Apply_Prune_ConcernsOnlyTheCollectionsGiven()
    {
        using var replica = await WithModelsAsync("one", "two");

        await ApplyAsync(replica, new RegistryApply { Models = [new("one", Sample.Model)], Prune = true });

        Assert.Equal(["one"], replica.Current.Models.Keys);
        Assert.Equal(["echo"], replica.Current.Providers.Keys);
    }

    [Fact]
    public async Task Apply_PruneByAnEmptyCollection_NeedsAConfirmation()
    {
        using var replica = await WithModelsAsync("one");
        var apply = new RegistryApply { Models = [], Prune = true };

        var refused = await ApplyAsync(replica, apply);
        Assert.Equal(["$.models"], refused.Failure!.Issues.Select(i => i.Path));
        Assert.Equal(["one"], replica.Current.Models.Keys);

        await ApplyAsync(replica, apply with { ConfirmEmpty = true });
        Assert.Empty(replica.Current.Models);
    }

    [Fact]
    public async Task Apply_PruneOfAProviderInUse_NamesItsModelsAndChangesNothing()
    {
        using var replica = await WithModelsAsync("one");

        var result = await ApplyAsync(replica, new RegistryApply { Providers = [new("other", Sample.Provider)], Prune = true });

        Assert.Equal(ErrorCodes.ProviderInUse, result.Failure!.Code);
        Assert.Contains("'one'", Assert.Single(result.Failure.Issues).Message, StringComparison.Ordinal);
        Assert.Equal(["echo"], replica.Current.Providers.Keys);
    }

    [Fact]
    public async Task Apply_SwapsNamesAndAliases_InOneStep()
    {
        using var replica = await WithModelsAsync();
        await replica.PutAsync("one", Sample.Model with { Aliases = ["default"] });
        await replica.PutAsync("two", Sample.Model);

        var result = await ApplyAsync(replica, new RegistryApply { Models = [new("one", Sample.Model), new("two", Sample.Model with { Aliases = ["default"] })] });

        Assert.Null(result.Failure);
        Assert.True(replica.Current.TryFindModel("default", out var model));
        Assert.Equal("two", model.Id);
    }

    [Fact]
    public async Task Apply_OverAMegabyteOfLog_LogsOnlyNamesAndEveryReplicaFollows()
    {
        using var writer = await WithModelsAsync();
        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var aliases = Enumerable.Range(0, 32).Select(i => $"-{i}-{new string('x', 100)}").ToArray();
        AppliedModel[] models = [.. Enumerable.Range(0, 400).Select(i => new AppliedModel($"m{i}", Sample.Model with { Aliases = [.. aliases.Select(a => $"m{i}{a}")] }))];

        var result = await ApplyAsync(writer, new RegistryApply { Models = models });
        await reader.RefreshAsync();

        Assert.Null(result.Failure);
        Assert.True(LogCodec.TryDecode(Store.Commits[^1].LogEntry)!.IdsOnly);
        Assert.Equal(400, reader.Current.Models.Count);
        Assert.Equal(writer.Current.Head, reader.Current.Head);
    }

    private static Task<RegistryResult> ApplyAsync(TestReplica replica, RegistryApply apply) =>
        replica.Registry.ApplyAsync(apply, "tester", TestContext.Current.CancellationToken);
}
