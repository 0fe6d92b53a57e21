using ChatModels.Providers;
using ChatModels.Registry.Snapshots;

namespace ChatModels.Registry.Validation;

/// <summary>Finds every mistake in a provider's configuration.</summary>
internal sealed class ProviderValidator(ChatProviderTypes types, ProviderOptionsFactory options)
{
    private const int MaxOptions = 64;
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MostTimeout = TimeSpan.FromHours(1);

    public IReadOnlyList<ValidationIssue> Validate(string id, ProviderConfig config, string path)
    {
        var issues = new IssueList(path);
        EndpointRules.Check(config.Endpoint, issues);
        SecretRules.Check(".apiKey", config.ApiKey, issues);
        HeaderRules.Check(config.Headers, issues);
        CheckLimits(config, issues);
        CheckType(id, config, issues);
        return issues.Issues;
    }

    private static void CheckLimits(ProviderConfig config, IssueList issues)
    {
        if (config.Timeout < LeastTimeout || config.Timeout > MostTimeout)
        {
            issues.Add(".timeout", $"The timeout is {config.Timeout:c}; give 00:00:00.001 to 01:00:00.");
        }

        if (config.MaxConcurrency < 1)
        {
            issues.Add(".maxConcurrency", $"maxConcurrency is {config.MaxConcurrency}; give 1 or more, or leave it out for no limit.");
        }

        if (!Enum.IsDefined(config.UsageInStream))
        {
            issues.Add(".usageInStream", "usageInStream must be 'auto' or 'never'.");
        }

        if (config.Options.Count > MaxOptions)
        {
            issues.Add(".options", $"There are {config.Options.Count} options; at most {MaxOptions} are allowed.");
        }
    }

    private void CheckType(string id, ProviderConfig config, IssueList issues)
    {
        if (string.IsNullOrEmpty(config.Type) || !types.TryResolve(config.Type, out _))
        {
            var known = string.Join(", ", types.List().Select(t => t.Name));
            issues.Add(".type", $"The provider type '{EntityNames.Shown(config.Type)}' is not known here; known types: {known}.");
            return;
        }

        // An endpoint that is wrong in itself is no option to hold against the type: it would only be called missing.
        foreach (var issue in types.Validate(config.Type, options.Create(id, config)))
        {
            var path = issue.Path.StartsWith('$') ? issue.Path[1..] : issue.Path;
            if (!issues.Has(path))
            {
                issues.Add(path, issue.Message);
            }
        }
    }
}
