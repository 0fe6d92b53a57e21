using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Snapshots;

/// <summary>Builds the entries of a snapshot, and keeps those that would be the same.</summary>
internal sealed class EntryBuilder(ProviderUsability usability)
{
    private const int MostNamed = 3;

    public ProviderEntry Provider(string id, DecodedEntity<ProviderConfig> entity, ProviderEntry? previous)
    {
        // The same write gave the same configuration: only what this process can do may differ.
        var config = previous?.Tag == entity.Tag ? previous.Config : entity.Config;
        var (slot, unusable) = entity.Unread is null ? usability.Judge(id, config, previous) : (null, entity.Unread);
        return previous?.Tag == entity.Tag && previous.Unusable == unusable && previous.Slot == slot
            ? previous
            : new ProviderEntry { Id = id, Config = config, Tag = entity.Tag, Unusable = unusable, Slot = slot, Raw = entity.Raw };
    }

    public static ModelEntry Model(string id, DecodedEntity<ModelConfig> entity, Dictionary<string, ProviderEntry> providers, ModelEntry? previous)
    {
        if (previous?.Tag == entity.Tag && IsCurrent(previous, providers))
        {
            return previous;
        }

        // The same write gave the same configuration: only its providers may be others.
        var same = previous?.Tag == entity.Tag ? previous : null;
        var config = same?.Config ?? entity.Config;
        var deployments = Deployments(config, providers, same?.Deployments ?? []);
        return new ModelEntry
        {
            Id = id,
            Config = config,
            Tag = entity.Tag,
            Deployments = deployments,
            Unusable = entity.Unread ?? Unusable(deployments),
            Raw = entity.Raw,
        };
    }

    private static Deployment[] Deployments(ModelConfig config, Dictionary<string, ProviderEntry> providers, IReadOnlyList<Deployment> before)
    {
        var found = new List<Deployment>(config.Deployments.Count);
        foreach (var deployment in config.Deployments)
        {
            if (deployment?.Provider is { } name && providers.TryGetValue(name, out var provider))
            {
                // A copy keeps the JSON that was made for it: a change of one provider rebuilds every model on it.
                var kept = found.Count < before.Count && ReferenceEquals(before[found.Count].Config, deployment) ? before[found.Count] : null;
                found.Add(kept is null ? new Deployment(provider, deployment) : kept with { Provider = provider });
            }
        }

        return [.. found];
    }

    /// <summary>What an entry was built from.</summary>
    public static DecodedEntity<ProviderConfig> Source(ProviderEntry entry) => new(entry.Tag, entry.Config, entry.Raw is null ? null : entry.Unusable, entry.Raw);

    /// <summary>What an entry was built from.</summary>
    public static DecodedEntity<ModelConfig> Source(ModelEntry entry) => new(entry.Tag, entry.Config, entry.Raw is null ? null : entry.Unusable, entry.Raw);

    /// <summary>Whether an entry stands on these providers. Runs for every model when a provider changes: no closures, no enumerators.</summary>
    public static bool IsCurrent(ModelEntry entry, Dictionary<string, ProviderEntry> providers)
    {
        var deployments = entry.Deployments;
        if (deployments.Count < entry.Config.Deployments.Count)
        {
            return false;
        }

        for (var i = 0; i < deployments.Count; i++)
        {
            if (providers.GetValueOrDefault(deployments[i].Provider.Id) != deployments[i].Provider)
            {
                return false;
            }
        }

        return true;
    }

    private static string? Unusable(Deployment[] deployments)
    {
        if (Array.Exists(deployments, d => d.Provider.Unusable is null))
        {
            return null;
        }

        var reasons = deployments.Select(d => $"provider '{d.Provider.Id}': {d.Provider.Unusable}").Distinct(StringComparer.Ordinal).Take(MostNamed);
        return $"none of its providers can be used here ({string.Join("; ", reasons)})";
    }
}
