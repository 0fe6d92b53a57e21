using ChatModels.Registry;
using ChatModels.Registry.Writing;
using Xunit;

namespace ChatModels.Tests.Registry.Validation;

public sealed class ModelValidationTests
{
    [Fact]
    public async Task Validate_GoodModel_FindsNothing() =>
        Assert.Empty(await ValidationRun.PathsAsync(Sample.Model with
        {
            Capabilities = ModelCapabilities.All,
            ContextWindow = 128_000,
            MaxOutputTokens = 16_384,
            Deployments = [new() { Provider = "echo", Model = "a", Weight = 1000, Priority = 100 }, new() { Provider = "echo", Model = "b" }],
            Fallbacks = ["one", "two"],
            Aliases = ["default", "meta-llama/Llama"],
            Pricing = new ModelPricing { InputPerMillion = 0, OutputPerMillion = 10, CachedInputPerMillion = 0.5m },
        }));

    [Fact]
    public async Task Validate_ManyMistakes_FindsThemAllAtOnce() =>
        Assert.Equal(
            [
                "$.capabilities[1]", "$.capabilities[2]", "$.contextWindow", "$.maxOutputTokens", "$.deployments[0].weight", "$.deployments[0].priority",
                "$.deployments[1].provider", "$.deployments[2]", "$.fallbacks[0]", "$.fallbacks[1]", "$.aliases[0]", "$.aliases[1]", "$.pricing.outputPerMillion",
            ],
            await ValidationRun.PathsAsync(new ModelConfig
            {
                Capabilities = ["chat", "chating", "chat"],
                ContextWindow = 0,
                MaxOutputTokens = -1,
                Deployments =
                [
                    new() { Provider = "echo", Model = "a", Weight = 0, Priority = 101 },
                    new() { Provider = "gone", Model = "a" },
                    new() { Provider = "echo", Model = "a" },
                ],
                Fallbacks = ["missing", "new"],
                Aliases = ["new", "a b"],
                Pricing = new ModelPricing { InputPerMillion = 1, OutputPerMillion = -1 },
            }));

    [Fact]
    public async Task Validate_NullsInLists_AreMistakesWithTheirPlaces() =>
        Assert.Equal(
            ["$.capabilities[0]", "$.deployments[0]", "$.fallbacks[0]", "$.aliases[0]"],
            await ValidationRun.PathsAsync(new ModelConfig { Capabilities = [null!], Deployments = [null!], Fallbacks = [null!], Aliases = [null!] }));

    [Fact]
    public async Task Validate_NoDeployments_IsAMistake() =>
        Assert.Equal(["$.deployments"], await ValidationRun.PathsAsync(Sample.Model with { Deployments = [] }));

    [Fact]
    public async Task Validate_TooManyOfAnything_IsAMistakePerCollection()
    {
        var names = Enumerable.Range(0, 33).Select(i => $"n{i}").ToArray();

        Assert.Equal(
            ["$.deployments", "$.aliases"],
            await ValidationRun.PathsAsync(Sample.Model with
            {
                Deployments = [.. Enumerable.Range(0, 65).Select(i => new DeploymentConfig { Provider = "echo", Model = $"m{i}" })],
                Aliases = names,
            }));
    }

    [Theory]
    [InlineData("one", "There is a model 'one'")]
    [InlineData("uno", "The model 'one' has the alias 'uno'")]
    public async Task Validate_AliasThatIsTaken_NamesTheOwner(string alias, string message)
    {
        var issue = Assert.Single(await ValidationRun.IssuesAsync(EntityChange.Put("new", Sample.Model with { Aliases = [alias] })));

        Assert.Equal("$.aliases[0]", issue.Path);
        Assert.StartsWith(message, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NameThatIsAnAliasOfAnother_IsAMistake() => Assert.Equal(["$"], await ValidationRun.PathsAsync(Sample.Model, "uno"));

    [Fact]
    public async Task Validate_OwnAliasAgain_IsNoMistake() => Assert.Empty(await ValidationRun.PathsAsync(Sample.Model with { Aliases = ["uno"] }, "one"));

    [Fact]
    public async Task Validate_FallbackToAnAlias_SaysWhichModelToName()
    {
        var issue = Assert.Single(await ValidationRun.IssuesAsync(EntityChange.Put("new", Sample.Model with { Fallbacks = ["uno"] })));

        Assert.Equal(new ValidationIssue("$.fallbacks[0]", "'uno' is an alias; name the model itself, 'one'."), issue);
    }

    [Theory]
    [InlineData("plain", "*", null, null, "$.deployments[0].model")]
    [InlineData("wild/*", "*/*", null, null, "$.deployments[0].model")]
    [InlineData("wild/*", "*", "other/*", null, null)]
    [InlineData("wild/*", "fixed", "plain", null, null)]
    [InlineData("wild/*", "vendor/*", "plain", null, "$.aliases[0]")]
    [InlineData("plain", "fixed", "other/*", null, "$.aliases[0]")]
    [InlineData("plain", "fixed", null, "many/*", "$.fallbacks[0]")]
    [InlineData("wild/*", "*", null, "many/*", null)]
    [InlineData("wild/*", "*", null, "one", null)]
    public async Task Validate_Wildcard_ForwardsOnlyWhereThereIsSomethingToForward(string id, string upstream, string? alias, string? fallback, string? mistake)
    {
        var config = Sample.Model with
        {
            Deployments = [new DeploymentConfig { Provider = "echo", Model = upstream }],
            Aliases = alias is null ? [] : [alias],
            Fallbacks = fallback is null ? [] : [fallback],
        };

        var issues = await ValidationRun.IssuesAsync(EntityChange.Put("many/*", Sample.Model), EntityChange.Put(id, config));

        Assert.Equal(mistake is null ? [] : [mistake], issues.Select(i => i.Path));
    }

    [Fact]
    public async Task Validate_WildcardAliasThatIsTaken_NamesTheOwner()
    {
        var issues = await ValidationRun.IssuesAsync(EntityChange.Put("many/*", Sample.Model), EntityChange.Put("wild/*", Sample.Model with { Aliases = ["many/*"] }));

        Assert.Contains(issues, i => i is { Path: "$.aliases[0]" } && i.Message.StartsWith("There is a model 'many/*'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("meta-llama/Llama-3.1-8B-Instruct", true)]
    [InlineData("gpt-4o:latest@v1+x", true)]
    [InlineData("openrouter/*", true)]
    [InlineData("/*", false)]
    [InlineData("*", false)]
    [InlineData("a/*/b", false)]
    [InlineData(".hidden", false)]
    [InlineData("a b", false)]
    [InlineData("modèle", false)]
    [InlineData("", false)]
    public async Task Validate_ModelName_FollowsTheGrammar(string id, bool good) => Assert.Equal(good ? [] : ["$"], await ValidationRun.PathsAsync(Sample.Model, id));

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task Validate_ModelName_HasAtMost128Letters(int length, bool good) =>
        Assert.Equal(good ? [] : ["$"], await ValidationRun.PathsAsync(Sample.Model, new string('m', length)));
}
