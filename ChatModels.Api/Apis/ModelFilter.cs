using System.Diagnostics.CodeAnalysis;
using ChatModels.Api.Errors;
using ChatModels.Registry;

namespace ChatModels.Api.Apis;

/// <summary>Which models a list is to show.</summary>
internal sealed record ModelFilter(string? Capability, string? Provider, bool? Enabled)
{
    public static bool TryCreate(
        string? capability, string? provider, string? enabled, [NotNullWhen(true)] out ModelFilter? filter, [NotNullWhen(false)] out RegistryProblem? problem)
    {
        List<ValidationIssue> issues = [];
        if (capability is not null && !ModelCapabilities.All.Contains(capability))
        {
            issues.Add(new ValidationIssue("?capability", $"There is no such capability. There are {string.Join(", ", ModelCapabilities.All)}."));
        }

        bool? wanted = bool.TryParse(enabled, out var parsed) ? parsed : null;
        if (enabled is not null && wanted is null)
        {
            issues.Add(new ValidationIssue("?enabled", "Give true or false."));
        }

        problem = issues is [] ? null : RegistryQuery.Invalid("registry.list_models", issues);
        filter = problem is null ? new ModelFilter(capability, provider, wanted) : null;
        return problem is null;
    }

    public bool Fits(ModelEntry model) =>
        (Capability is null || model.Config.Capabilities.Contains(Capability))
        && (Provider is null || model.Config.Deployments.Any(deployment => deployment.Provider == Provider))
        && (Enabled is null || model.Config.Enabled == Enabled);
}
