namespace ChatModels.Registry.Validation;

/// <summary>Finds every mistake in a model's configuration, held against the registry that it is to become part of.</summary>
internal static class ModelValidator
{
    private const int MaxFallbacks = 16;
    private const int MaxAliases = 32;

    public static IReadOnlyList<ValidationIssue> Validate(string id, ModelConfig config, string path, ProposedRegistry registry)
    {
        var issues = new IssueList(path);
        if (registry.OtherOwner(id, id) is { } owner)
        {
            issues.Add("", $"'{id}' is already an alias of the model '{owner}'; take the alias away there first, or choose another name.");
        }

        CheckCapabilities(config.Capabilities, issues);
        CheckTokens(".contextWindow", config.ContextWindow, issues);
        CheckTokens(".maxOutputTokens", config.MaxOutputTokens, issues);
        DeploymentRules.Check(id, config.Deployments, registry, issues);
        CheckFallbacks(id, config.Fallbacks, registry, issues);
        CheckAliases(id, config, registry, issues);
        CheckPricing(config.Pricing, issues);
        return issues.Issues;
    }

    private static void CheckCapabilities(IReadOnlyList<string> capabilities, IssueList issues)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < capabilities.Count; i++)
        {
            if (capabilities[i] is not { } name || !ModelCapabilities.All.Contains(name))
            {
                issues.Add($".capabilities[{i}]", $"'{EntityNames.Shown(capabilities[i])}' is no capability; use {string.Join(", ", ModelCapabilities.All)}.");
            }
            else if (!seen.Add(name))
            {
                issues.Add($".capabilities[{i}]", $"The capability '{name}' is given twice; take one away.");
            }
        }
    }

    private static void CheckTokens(string path, int? tokens, IssueList issues)
    {
        if (tokens < 1)
        {
            issues.Add(path, $"{path[1..]} is {tokens}; give 1 or more, or leave it out where it is not known.");
        }
    }

    private static void CheckFallbacks(string id, IReadOnlyList<string> fallbacks, ProposedRegistry registry, IssueList issues)
    {
        CheckCount(".fallbacks", fallbacks.Count, MaxFallbacks, issues);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(fallbacks.Count, MaxFallbacks); i++)
        {
            if (FallbackMistake(id, fallbacks[i], registry) is { } mistake)
            {
                issues.Add($".fallbacks[{i}]", mistake);
            }
            else if (!seen.Add(fallbacks[i]))
            {
                issues.Add($".fallbacks[{i}]", $"The fallback '{fallbacks[i]}' is given twice; take one away.");
            }
        }
    }

    private static string? FallbackMistake(string id, string? fallback, ProposedRegistry registry) => fallback switch
    {
        null => "A fallback is the name of a model.",
        _ when fallback == id => "A model can't fall back to itself; take it out.",
        _ when EntityNames.LooksWild(fallback) && !EntityNames.LooksWild(id) => $"'{EntityNames.Shown(fallback)}' is a wildcard, and '{id}' has nothing to forward to it; name a single model.",
        _ when registry.HasModel(fallback) => null,
        _ when registry.OtherOwner(fallback, "") is { } owner => $"'{fallback}' is an alias; name the model itself, '{owner}'.",
        _ => $"There is no model '{EntityNames.Shown(fallback)}'; create it first, or take the fallback out.",
    };

    private static void CheckAliases(string id, ModelConfig config, ProposedRegistry registry, IssueList issues)
    {
        var aliases = config.Aliases;
        var forwards = config.Deployments.Any(d => d?.Model?.Contains('*', StringComparison.Ordinal) == true);
        CheckCount(".aliases", aliases.Count, MaxAliases, issues);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(aliases.Count, MaxAliases); i++)
        {
            if (AliasMistake(id, aliases[i], forwards, registry) is { } mistake)
            {
                issues.Add($".aliases[{i}]", mistake);
            }
            else if (!seen.Add(aliases[i]))
            {
                issues.Add($".aliases[{i}]", $"The alias '{aliases[i]}' is given twice; take one away.");
            }
        }
    }

    private static string? AliasMistake(string id, string? alias, bool forwards, ProposedRegistry registry) => alias switch
    {
        _ when EntityNames.IsWildcard(alias) && !EntityNames.LooksWild(id) => $"'{alias}' stands for many names and '{id}' is one model; name the model itself 'prefix/*', or give plain aliases.",
        _ when forwards && EntityNames.IsModel(alias) => $"'{alias}' has nothing that the '*' of a deployment could stand for; give an alias 'prefix/*', or a model of its own.",
        _ when !EntityNames.IsModel(alias) && !EntityNames.IsWildcard(alias) => $"'{EntityNames.Shown(alias)}' is no name; use 1 to 128 letters, digits and any of ._:/@+- beginning with a letter or digit.",
        _ when alias == id => "That is the model's own name; take the alias out.",
        _ when registry.OtherOwner(alias!, id) is { } owner => alias == owner
            ? $"There is a model '{owner}'; an alias must be a name that no model has."
            : $"The model '{owner}' has the alias '{alias}' already; take it away there first.",
        _ => null,
    };

    private static void CheckPricing(ModelPricing? pricing, IssueList issues)
    {
        CheckPrice(".pricing.inputPerMillion", pricing?.InputPerMillion, issues);
        CheckPrice(".pricing.outputPerMillion", pricing?.OutputPerMillion, issues);
        CheckPrice(".pricing.cachedInputPerMillion", pricing?.CachedInputPerMillion, issues);
    }

    private static void CheckPrice(string path, decimal? price, IssueList issues)
    {
        if (price is < 0 or > 1_000_000_000)
        {
            issues.Add(path, $"The price is {price}; give 0 to 1000000000 per million tokens.");
        }
    }

    private static void CheckCount(string path, int count, int most, IssueList issues)
    {
        if (count > most)
        {
            issues.Add(path, $"There are {count}; at most {most} are allowed.");
        }
    }
}
