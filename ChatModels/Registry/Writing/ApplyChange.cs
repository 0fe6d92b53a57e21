using ChatModels.Registry.Validation;

namespace ChatModels.Registry.Writing;

/// <summary>Turns what is to be applied into one change, and finds the mistakes that leave no change to make.</summary>
internal static class ApplyChange
{
    public static RegistryChange Of(RegistryApply apply, string actor)
    {
        List<ValidationIssue> mistakes = [];
        var providers = Entities("$.providers", apply.Providers, p => (p.Id, p.Config is { } config && p.Id is { } id ? EntityChange.Put(id, config) : null), mistakes);
        var models = Entities("$.models", apply.Models, m => (m.Id, m.Config is { } config && m.Id is { } id ? EntityChange.Put(id, config) : null), mistakes);
        CheckEmpty("$.providers", apply, apply.Providers?.Count, mistakes);
        CheckEmpty("$.models", apply, apply.Models?.Count, mistakes);
        return new RegistryChange(RegistryOps.Apply, actor, [.. providers, .. models])
        {
            Mistakes = mistakes,
            Completion = apply.Prune ? new Pruning(apply.Providers is not null, apply.Models is not null) : null,
            IsBulk = true,
            DryRun = apply.DryRun,
        };
    }

    private static List<EntityChange> Entities<T>(
        string collection, IReadOnlyList<T>? given, Func<T, (string? Id, EntityChange? Change)> read, List<ValidationIssue> mistakes)
    {
        List<EntityChange> entities = [];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < given?.Count; i++)
        {
            var path = $"{collection}[{i}]";
            var (id, change) = given[i] is { } entity ? read(entity) : default;
            if (id is not null && !places.TryAdd(id, i))
            {
                mistakes.Add(new ValidationIssue($"{path}.id", $"'{EntityNames.Shown(id)}' is given at {collection}[{places[id]}] already; give it once."));
            }
            else if (change is not null)
            {
                entities.Add(change with { Path = path, IdPath = $"{path}.id" });
            }
            else
            {
                mistakes.Add(id is null ? new ValidationIssue($"{path}.id", "This field is required: give its name.") : new ValidationIssue(path, "Give its configuration."));
            }
        }

        return entities;
    }

    private static void CheckEmpty(string collection, RegistryApply apply, int? count, List<ValidationIssue> mistakes)
    {
        if (apply is { Prune: true, ConfirmEmpty: false } && count == 0)
        {
            mistakes.Add(new ValidationIssue(collection, $"It is empty, and \"prune\" would delete all {collection[2..]}; leave it out, or confirm that with \"confirm\":\"empty\"."));
        }
    }
}
