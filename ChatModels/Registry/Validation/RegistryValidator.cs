using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Validation;

/// <summary>Finds every mistake in what a change wants to put into the registry.</summary>
internal sealed class RegistryValidator(ProviderValidator providers)
{
    public IReadOnlyList<ValidationIssue> Validate(RegistryChange change, ProposedRegistry registry)
    {
        List<ValidationIssue> issues = [];
        foreach (var entity in change.Entities)
        {
            if (EntityNames.Mistake(entity.Kind, entity.Id) is { } mistake)
            {
                issues.Add(new ValidationIssue(entity.Path, mistake));
            }

            if (entity.Provider is { } provider)
            {
                issues.AddRange(providers.Validate(entity.Id, provider, entity.Path));
            }
            else if (entity.Model is { } model)
            {
                issues.AddRange(ModelValidator.Validate(entity.Id, model, entity.Path, registry));
            }
        }

        return issues;
    }
}
