using ChatModels.Registry.Validation;

namespace ChatModels.Registry.Snapshots;

/// <summary>Builds the table of every name that a request can ask for.</summary>
internal static class NameIndex
{
    /// <summary>
    /// A model's own name comes before any alias, and of two equal aliases the one of the ordinally first model counts: validation lets neither
    /// happen, but an older writer may not have been able to read a newer model's aliases, and every process must then choose alike.
    /// </summary>
    public static Dictionary<string, ModelEntry> Of(Dictionary<string, ModelEntry> models)
    {
        var names = new Dictionary<string, ModelEntry>(models.Count, StringComparer.Ordinal);
        foreach (var (id, model) in models)
        {
            if (!EntityNames.LooksWild(id))
            {
                names.Add(id, model);
            }
        }

        foreach (var model in models.Values)
        {
            for (var i = 0; i < model.Config.Aliases.Count; i++)
            {
                AddAlias(names, model.Config.Aliases[i], model);
            }
        }

        return names;
    }

    private static void AddAlias(Dictionary<string, ModelEntry> names, string? alias, ModelEntry model)
    {
        if (alias is null || names.TryAdd(alias, model))
        {
            return;
        }

        var owner = names[alias];
        if (owner.Id != alias && string.CompareOrdinal(model.Id, owner.Id) < 0)
        {
            names[alias] = model;
        }
    }
}
