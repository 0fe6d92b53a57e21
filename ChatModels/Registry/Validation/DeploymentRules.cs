namespace ChatModels.Registry.Validation;

/// <summary>What a model's deployments may be.</summary>
internal static class DeploymentRules
{
    private const int MaxDeployments = 64;
    private const int MaxModelLength = 256;

    public static void Check(string id, IReadOnlyList<DeploymentConfig> deployments, ProposedRegistry registry, IssueList issues)
    {
        if (deployments.Count is 0 or > MaxDeployments)
        {
            issues.Add(".deployments", $"There are {deployments.Count} deployments; give 1 to {MaxDeployments}, each a provider and its name for the model.");
        }

        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < Math.Min(deployments.Count, MaxDeployments); i++)
        {
            var path = $".deployments[{i}]";
            if (deployments[i] is not { } deployment)
            {
                issues.Add(path, "A deployment is an object with 'provider' and 'model'.");
                continue;
            }

            CheckOne(deployment, path, registry, issues);
            CheckForwarding(id, deployment, path, issues);
            if (!seen.Add((deployment.Provider, deployment.Model)))
            {
                issues.Add(path, "The same provider and model are given twice; take one away, or add their weights.");
            }
        }
    }

    private static void CheckForwarding(string id, DeploymentConfig deployment, string path, IssueList issues)
    {
        var stars = deployment.Model?.Count(c => c == '*') ?? 0;
        if (stars > 1 || (stars == 1 && !EntityNames.LooksWild(id)))
        {
            issues.Add(path + ".model", "A '*' stands for what a wildcard forwards: give at most one, and only in a model named 'prefix/*'.");
        }
    }

    private static void CheckOne(DeploymentConfig deployment, string path, ProposedRegistry registry, IssueList issues)
    {
        if (deployment.Provider is null || !registry.HasProvider(deployment.Provider))
        {
            issues.Add(path + ".provider", $"There is no provider '{EntityNames.Shown(deployment.Provider)}'; create it first, or name another.");
        }

        if (deployment.Model is null or { Length: 0 or > MaxModelLength } || deployment.Model.Any(char.IsControl) || deployment.Model != deployment.Model.Trim())
        {
            issues.Add(path + ".model", $"Give the provider's own name for the model, 1 to {MaxModelLength} characters without spaces at its ends.");
        }

        if (deployment.Weight is < 1 or > 1_000)
        {
            issues.Add(path + ".weight", $"The weight is {deployment.Weight}; give 1 to 1000.");
        }

        if (deployment.Priority is < 0 or > 100)
        {
            issues.Add(path + ".priority", $"The priority is {deployment.Priority}; give 0 (used first) to 100.");
        }
    }
}
