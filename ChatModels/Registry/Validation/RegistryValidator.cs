using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Validation;

/// <summary>Finds every mistake in what a change wants to put into the registry.</summary>
internal sealed class RegistryValidator(ProviderValidator providers)
{
    /// <summary>A body of a million mistakes must not become an answer of a million lines.</summary>
    public const int MostIssues = 1_000;

    public IReadOnlyList<ValidationIssue> Validate(RegistryChange change, ProposedRegistry registry)
    {
        List<ValidationIssue> issues = [];
        foreach (var entity in change.Entities)
        {
            if (EntityNames.Mistake(entity.Kind, entity.Id) is { } mistake)
            {
                issues.Add(new ValidationIssue(entity.IdPath ?? entity.Path, mistake));
            }

            if (entity.Provider is { } provider)
            {
                issues.AddRange(providers.Validate(entity.Id, provider, entity.Path));
            }
            else if (entity.Model is { } model)
            {
                issues.AddRange(ModelValidator.Validate(entity.Id, model, entity.Path, registry));
            }

            if (issues.Count >= MostIssues)
            {
                return [.. issues.Take(MostIssues), new ValidationIssue("$", "There are more mistakes than are listed; cure these first.")];
            }
        }

        return issues;
    }
}
