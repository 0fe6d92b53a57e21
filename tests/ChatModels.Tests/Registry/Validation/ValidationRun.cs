using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Validation;
using ChatModels.Registry.Writing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Validation;

/// <summary>Validates one entity against a small registry: provider <c>echo</c>, models <c>one</c> (alias <c>uno</c>) and <c>two</c>.</summary>
internal static class ValidationRun
{
    public static Task<string[]> PathsAsync(ProviderConfig config) => PathsAsync(EntityChange.Put("new", config));

    public static Task<string[]> PathsAsync(ModelConfig config, string id = "new") => PathsAsync(EntityChange.Put(id, config));

    public static async Task<string[]> PathsAsync(EntityChange change) => [.. (await IssuesAsync(change)).Select(i => i.Path)];

    public static async Task<IReadOnlyList<ValidationIssue>> IssuesAsync(params EntityChange[] changes)
    {
        using var replica = await TestReplica.LoadedAsync(new InMemoryRegistryStore(new FakeTimeProvider()));
        await replica.PutAsync("echo", Sample.Provider);
        await replica.PutAsync("one", Sample.Model with { Aliases = ["uno"] });
        await replica.PutAsync("two", Sample.Model);
        Assert.Equal(2, replica.Current.Models.Count);
        var wanted = new RegistryChange("test", "tester", changes);
        return replica.Validator.Validate(wanted, new ProposedRegistry(replica.Current, wanted));
    }
}
