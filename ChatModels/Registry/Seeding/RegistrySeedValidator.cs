using ChatModels.Registry.Validation;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Seeding;

/// <summary>Refuses a seed with mistakes before anything starts: all of them, each with its configuration key.</summary>
internal sealed class RegistrySeedValidator(RegistryValidator validator) : IValidateOptions<RegistrySeed>
{
    public ValidateOptionsResult Validate(string? name, RegistrySeed options)
    {
        var issues = options.Mistakes.Concat(FindMistakes(options)).Select(i => $"{i.Path}: {i.Message}").Distinct(StringComparer.Ordinal).ToArray();
        return issues.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(issues);
    }

    private IEnumerable<ValidationIssue> FindMistakes(RegistrySeed seed)
    {
        var change = seed.Change;
        var registry = new ProposedRegistry(RegistrySnapshot.NotLoaded, change);

        // An entity that could not be read is missing here; that others name it is no further mistake.
        var readable = seed.Mistakes.Count == 0;
        return validator.Validate(change, registry)
            .Where(i => readable || !i.Message.StartsWith("There is no ", StringComparison.Ordinal))
            .Select(i => i with { Path = SeedKeys.Of(seed, i.Path) });
    }
}
