using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Registry.Wire;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

public sealed class WriteTests : StoreTest
{
    [Fact]
    public async Task Put_NewProvider_IsServedWhenItReturns()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);

        var result = await replica.PutAsync("echo", Sample.Provider);

        Assert.Null(result.Failure);
        Assert.True(result.Created);
        Assert.Equal(2, result.Head!.Revision);
        Assert.Equal(new EntityTag(2, result.Head.Stamp), result.Tag);
        Assert.Equal(result.Head, replica.Current.Head);
        Assert.Equal(result.Tag, replica.Current.Providers["echo"].Tag);
    }

    [Fact]
    public async Task Put_ExistingModel_ReplacesIt()
    {
        using var replica = await WithModelsAsync("one");

        var result = await replica.PutAsync("one", Sample.Model with { ContextWindow = 9 });

        Assert.False(result.Created);
        Assert.Equal(9, replica.Current.Models["one"].Config.ContextWindow);
        Assert.Equal(result.Tag, replica.Current.Models["one"].Tag);
    }

    [Fact]
    public async Task Put_WhatIsThereAlready_AnswersWithItsTagAndWritesNothing()
    {
        using var replica = await WithModelsAsync("one");
        var (head, tag, commits) = (replica.Current.Head, replica.Current.Models["one"].Tag, Store.Commits.Count);

        var result = await replica.PutAsync("one", Sample.Model with { Capabilities = [.. Sample.Model.Capabilities] });

        Assert.Equal((head, tag, false), (result.Head, result.Tag, result.Created));
        Assert.Equal(commits, Store.Commits.Count);
    }

    [Fact]
    public async Task Put_CallerChangesItsListAfterwards_ChangesNothing()
    {
        using var replica = await WithModelsAsync();
        var aliases = new List<string> { "uno" };
        await replica.PutAsync("one", Sample.Model with { Aliases = aliases });

        aliases.Add("!");

        Assert.Equal(["uno"], replica.Current.Models["one"].Config.Aliases);
    }

    [Fact]
    public async Task Put_LogsWhoWhatAndBothValues()
    {
        using var replica = await WithModelsAsync("one");
        var previous = replica.Current.Head!;

        await replica.PutAsync("one", Sample.Model with { ContextWindow = 9 });

        var entry = LogCodec.TryDecode(Store.Commits[^1].LogEntry)!;
        Assert.Equal(("put_model", "tester", previous.Stamp, previous.Revision + 1), (entry.Op, entry.Actor, entry.Previous, entry.Revision));
        Assert.Equal(Time.GetUtcNow(), entry.At);
        var change = Assert.Single(entry.Changes);
        Assert.False(change.Old!.Value.TryGetProperty("contextWindow", out _));
        Assert.Equal(9, change.New!.Value.GetProperty("contextWindow").GetInt32());
    }

    [Fact]
    public async Task Put_OnAStaleSnapshot_IsHeldAgainstTheNewestRevision()
    {
        using var first = await WithModelsAsync("one");
        using var second = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await first.PutAsync("two", Sample.Model with { Aliases = ["taken"] });

        var result = await second.PutAsync("three", Sample.Model with { Aliases = ["taken"] });

        Assert.Equal("$.aliases[0]", Assert.Single(result.Failure!.Issues).Path);
        Assert.Equal(first.Current.Head, second.Current.Head);
    }

    [Fact]
    [Trait("Requirement", "FR-017")]
    public async Task Put_Mistakes_AreAValidationFailureWithOpCodeAndIssues()
    {
        using var replica = await WithModelsAsync();

        var result = await replica.PutAsync("one", Sample.ModelOn("gone"));

        Assert.Equal(("registry.put_model", ErrorCodes.ValidationFailed), (result.Failure!.Op, result.Failure.Code));
        Assert.Equal("$.deployments[0].provider", Assert.Single(result.Failure.Issues).Path);
        Assert.Null(result.Head);
        Assert.Empty(replica.Current.Models);
    }

    [Fact]
    public async Task Put_NameOutsideTheGrammar_IsInvalidName()
    {
        using var replica = await WithModelsAsync();

        Assert.Equal(ErrorCodes.InvalidName, (await replica.PutAsync("Not A Name", Sample.Provider)).Failure!.Code);
        Assert.Equal(ErrorCodes.InvalidName, (await replica.DeleteModelAsync("")).Failure!.Code);
    }

    [Fact]
    public async Task Put_NullWhereAValueIsRequired_IsAMistakeWithItsPath()
    {
        using var replica = await WithModelsAsync();

        var result = await replica.PutAsync("bad", new ProviderConfig { Type = null! });

        Assert.Equal(ErrorCodes.ValidationFailed, result.Failure!.Code);
        Assert.StartsWith("$", Assert.Single(result.Failure.Issues).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_MoreThanTheLimitOfJson_IsAMistake()
    {
        using var replica = await WithModelsAsync();
        var options = new Dictionary<string, JsonElement> { ["polite"] = JsonElement.Parse($"\"{new string('x', 200_000)}\"") };

        var result = await replica.PutAsync("big", Sample.Provider with { Options = options });

        Assert.Contains("at most 131072", Assert.Single(result.Failure!.Issues).Message, StringComparison.Ordinal);
    }
}
