using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Snapshots;

public sealed class SnapshotBuilderTests : IDisposable
{
    private static readonly RegistryHead Head = new("epoch", 1, "s1");
    private static readonly EntityTag Tag = new(1, "s1");
    private readonly TestReplica _replica = new(new InMemoryRegistryStore(new FakeTimeProvider()));

    public void Dispose() => _replica.Dispose();

    [Fact]
    public void Build_FromTheStore_FindsModelsByNameAndAlias()
    {
        var snapshot = Build(StoreWriting.Provider("echo", Sample.Provider, Tag), StoreWriting.Model("one", Sample.Model with { Aliases = ["uno"] }, Tag));

        Assert.Equal(Head, snapshot.Head);
        Assert.True(snapshot.TryFindModel("uno", out var model));
        Assert.Equal(("one", Tag, "echo"), (model.Id, model.Tag, model.Deployments[0].Provider.Id));
        Assert.True(snapshot.TryFindModel("one", out var same));
        Assert.Same(model, same);
        Assert.False(snapshot.TryFindModel("ONE", out _));
    }

    [Fact]
    public void Build_Again_KeepsEntriesAndSlotsThatAreTheSame()
    {
        StoredEntity[] entities = [StoreWriting.Provider("echo", Sample.Provider, Tag), StoreWriting.Model("one", Sample.Model, Tag)];
        var first = Build(entities);

        var second = Build(first, entities);

        Assert.Same(first.Providers["echo"], second.Providers["echo"]);
        Assert.Same(first.Models["one"], second.Models["one"]);
    }

    [Fact]
    public void Build_LimitOfAProviderChanged_KeepsItsSlot()
    {
        var first = Build(StoreWriting.Provider("echo", Sample.Provider, Tag));

        var second = Build(first, StoreWriting.Provider("echo", Sample.Provider with { MaxConcurrency = 3, Enabled = false, Timeout = TimeSpan.FromSeconds(1) }, new EntityTag(2, "s2")));

        Assert.NotSame(first.Providers["echo"], second.Providers["echo"]);
        Assert.Same(first.Providers["echo"].Slot, second.Providers["echo"].Slot);
    }

    [Fact]
    public void Build_ConnectionOfAProviderChanged_HasAnotherSlotAndRebuildsItsModels()
    {
        var model = StoreWriting.Model("one", Sample.Model, Tag);
        var first = Build(StoreWriting.Provider("echo", Sample.Provider, Tag), model);

        var second = Build(first, StoreWriting.Provider("echo", Sample.Provider with { Endpoint = "https://other.example" }, new EntityTag(2, "s2")), model);

        Assert.NotSame(first.Providers["echo"].Slot, second.Providers["echo"].Slot);
        Assert.Same(second.Providers["echo"], second.Models["one"].Deployments[0].Provider);
    }

    [Fact]
    public void Build_UnknownTypeMissingSecretOrUnfittingOption_MakesTheProviderUnusableAndModelsThatHaveNoOther()
    {
        var snapshot = Build(
            StoreWriting.Provider("alien", Sample.Provider with { Type = "alien" }, Tag),
            StoreWriting.Provider("keyless", Sample.ProviderWithKey, Tag),
            StoreWriting.Provider("fast", Sample.Provider with { Options = new Dictionary<string, JsonElement> { ["warp"] = JsonElement.Parse("1") } }, Tag),
            StoreWriting.Provider("echo", Sample.Provider, Tag),
            StoreWriting.Model("lost", Sample.ModelOn("alien"), Tag),
            StoreWriting.Model("saved", Sample.Model with { Deployments = [.. Sample.ModelOn("alien").Deployments, .. Sample.Model.Deployments] }, Tag));

        Assert.Equal("this process has no provider type 'alien'", snapshot.Providers["alien"].Unusable);
        Assert.Equal("this process has no value for the secret 'echo-key'", snapshot.Providers["keyless"].Unusable);
        Assert.StartsWith("$.options.warp: ", snapshot.Providers["fast"].Unusable, StringComparison.Ordinal);
        Assert.Null(snapshot.Providers["alien"].Slot);
        Assert.Null(snapshot.Providers["echo"].Unusable);
        Assert.Equal("none of its providers can be used here (provider 'alien': this process has no provider type 'alien')", snapshot.Models["lost"].Unusable);
        Assert.Null(snapshot.Models["saved"].Unusable);
    }

    [Theory]
    [InlineData("""{"version":1,"revision":1,"stamp":"s1","value":{"type":"echo","region":"eu"}}""")]
    [InlineData("""{"version":2,"revision":1,"stamp":"s1","value":{"type":"echo"}}""")]
    public void Build_EntityOfANewerVersion_IsUnusableAndTheRestServes(string json)
    {
        var snapshot = Build(StoreWriting.Entity(EntityKind.Provider, "newer", json), StoreWriting.Provider("echo", Sample.Provider, Tag), StoreWriting.Model("one", Sample.Model, Tag));

        Assert.Contains("upgrade this process", snapshot.Providers["newer"].Unusable, StringComparison.Ordinal);
        Assert.Null(snapshot.Models["one"].Unusable);
    }

    [Fact]
    public void Build_UnreadableJson_RefusesTheRevisionAndNamesTheEntity() =>
        Assert.StartsWith("The provider 'broken' is not readable JSON:", Refusal(StoreWriting.Entity(EntityKind.Provider, "broken", "{")), StringComparison.Ordinal);

    [Fact]
    public void Build_DanglingProvider_RefusesTheRevision() =>
        Assert.Equal("The model 'one' names the provider 'echo', which is not there.", Refusal(StoreWriting.Model("one", Sample.Model, Tag)));

    [Fact]
    public void Build_DanglingFallback_RefusesTheRevision() =>
        Assert.Equal(
            "The model 'one' falls back to 'two', which is not there.",
            Refusal(StoreWriting.Provider("echo", Sample.Provider, Tag), StoreWriting.Model("one", Sample.Model with { Fallbacks = ["two"] }, Tag)));

    [Fact]
    public void Build_DanglingReferenceOfAnEntityThatCantBeRead_IsNotJudged()
    {
        var newer = """{"version":2,"revision":1,"stamp":"s1","value":{"deployments":[{"provider":"elsewhere","model":"m"}]}}""";

        var snapshot = Build(StoreWriting.Entity(EntityKind.Model, "newer", newer));

        Assert.Empty(snapshot.Models["newer"].Deployments);
        Assert.NotNull(snapshot.Models["newer"].Unusable);
    }

    [Fact]
    public void Build_EqualAliases_ChoosesTheSameEverywhereAndNeverAgainstAName()
    {
        var provider = StoreWriting.Provider("echo", Sample.Provider, Tag);
        var b = StoreWriting.Model("b", Sample.Model with { Aliases = ["x", "c"] }, Tag);
        var a = StoreWriting.Model("a", Sample.Model with { Aliases = ["x"] }, Tag);
        var c = StoreWriting.Model("c", Sample.Model, Tag);

        foreach (var snapshot in new[] { Build(provider, a, b, c), Build(c, b, a, provider) })
        {
            Assert.Equal(("a", "c"), (Find(snapshot, "x"), Find(snapshot, "c")));
        }
    }

    [Fact]
    public void Build_Wildcard_IsKeptButNotServedUnderItsOwnName()
    {
        var snapshot = Build(StoreWriting.Provider("echo", Sample.Provider, Tag), StoreWriting.Model("open/*", Sample.Model, Tag));

        Assert.True(snapshot.Models.ContainsKey("open/*"));
        Assert.False(snapshot.TryFindModel("open/*", out _));
    }

    [Theory]
    [InlineData("open/gpt-4o", "open/*", "gpt-4o")]
    [InlineData("open/deep/x:8b", "open/deep/*", "x:8b")]
    [InlineData("open/deepest/x/y", "open/*", "deepest/x/y")]
    [InlineData("free/gpt-4o", "open/*", "gpt-4o")]
    [InlineData("open/exact", "open/exact", null)]
    [InlineData("open/", null, null)]
    [InlineData("open", null, null)]
    [InlineData("/open/x", null, null)]
    [InlineData("open/a b", null, null)]
    [InlineData("open/*", null, null)]
    public void TryFindModel_AmongWildcards_TakesTheNameItselfOrTheLongestPrefix(string asked, string? found, string? rest)
    {
        var snapshot = Build(
            StoreWriting.Provider("echo", Sample.Provider, Tag),
            StoreWriting.Model("open/*", Sample.Model with { Aliases = ["free/*"] }, Tag),
            StoreWriting.Model("open/deep/*", Sample.Model, Tag),
            StoreWriting.Model("open/exact", Sample.Model, Tag));

        Assert.Equal(found, Find(snapshot, asked));
        Assert.Equal(rest, found is null ? null : snapshot.Models[found].RestOf(asked));
    }

    [Theory]
    [InlineData("*", "gpt-4o", "\"gpt-4o\"")]
    [InlineData("vendor/*", "vendor/gpt-4o", "\"vendor/gpt-4o\"")]
    [InlineData("fixed", "fixed", "\"fixed\"")]
    public void ModelFor_WhatAWildcardForwards_StandsInPlaceOfTheStar(string configured, string name, string json)
    {
        var model = Sample.Model with { Deployments = [new DeploymentConfig { Provider = "echo", Model = configured }] };
        var snapshot = Build(StoreWriting.Provider("echo", Sample.Provider, Tag), StoreWriting.Model("open/*", model, Tag));
        Assert.True(snapshot.TryFindModel("open/gpt-4o", out var found));

        var upstream = found.Deployments[0].ModelFor(found.RestOf("open/gpt-4o"));

        Assert.Equal((name, json), (upstream.Name, System.Text.Encoding.UTF8.GetString(upstream.Json.Span)));
    }

    [Fact]
    public void Apply_RandomChangesOfNames_IndexesThemAsAWholeBuildDoes()
    {
        var random = new Random(7);
        string[] names = ["a", "b", "c", "d", "w/*", "w/x/*"];
        string[] aliases = ["x", "y", "z", "a", "v/*"];
        var snapshot = Build(StoreWriting.Provider("echo", Sample.Provider, Tag));
        for (var revision = 2; revision < 500; revision++)
        {
            var head = Head with { Revision = revision, Stamp = $"s{revision}" };
            var delta = new SnapshotDelta();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                // Also what validation refuses: two claim one name, or a name that is a model's.
                var model = Sample.Model with { Aliases = [.. random.GetItems(aliases, random.Next(3))] };
                delta.Models[names[random.Next(names.Length)]] = random.Next(4) == 0 ? null : new(new EntityTag(revision, head.Stamp), model);
            }

            if (random.Next(5) == 0)
            {
                delta.Providers["echo"] = new(new EntityTag(revision, head.Stamp), Sample.Provider with { MaxConcurrency = revision });
            }

            snapshot = _replica.Builder.Apply(snapshot, head, delta).Snapshot!;
            var whole = NameIndex.Of(snapshot.ModelTable);
            Assert.Equal((whole.Exact.Count, whole.Wild.Count), (snapshot.Names.Exact.Count, snapshot.Names.Wild.Count));
            Assert.All([.. names, .. aliases], name => Assert.Same(whole.Owner(name), snapshot.Names.Owner(name)));
        }
    }

    [Fact]
    [Trait("Requirement", "NFR-001")]
    [Trait("Requirement", "NFR-005")]
    public void TryFindModel_AmongTenThousandModelsOfTwentyProviders_AllocatesNothing()
    {
        var providers = Enumerable.Range(0, 20).Select(i => StoreWriting.Provider($"p{i}", Sample.Provider, Tag));
        var models = Enumerable.Range(0, 10_000).Select(i => StoreWriting.Model($"m{i}", Sample.ModelOn($"p{i % 20}"), Tag));
        var snapshot = Build([.. providers, .. models]);
        var names = snapshot.Models.Keys.ToArray();
        Assert.True(snapshot.TryFindModel(names[0], out _));

        var found = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var name in names)
        {
            found += snapshot.TryFindModel(name, out _) ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, found);
    }

    private static string? Find(RegistrySnapshot snapshot, string name) => snapshot.TryFindModel(name, out var model) ? model.Id : null;

    private RegistrySnapshot Build(params StoredEntity[] entities) => Build(RegistrySnapshot.NotLoaded, entities);

    private RegistrySnapshot Build(RegistrySnapshot previous, params StoredEntity[] entities)
    {
        var build = _replica.Builder.Build(new StoreImage(Head, entities), previous);
        Assert.Null(build.Refusal);
        return build.Snapshot!;
    }

    private string? Refusal(params StoredEntity[] entities) => _replica.Builder.Build(new StoreImage(Head, entities), RegistrySnapshot.NotLoaded).Refusal;
}
