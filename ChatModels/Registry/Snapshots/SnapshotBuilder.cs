using System.Text.Json;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Snapshots;

/// <summary>Builds snapshots: from everything in the store, or from a snapshot and what was written since. Publishes nothing.</summary>
internal sealed class SnapshotBuilder(EntryBuilder entries)
{
    /// <summary>Builds a whole revision. Entries of <paramref name="previous"/> that would be the same are kept, and their live adapters with them.</summary>
    public SnapshotBuild Build(StoreImage image, RegistrySnapshot previous)
    {
        var providers = new Dictionary<string, ProviderEntry>(StringComparer.Ordinal);
        var models = new Dictionary<string, ModelEntry>(image.Entities.Count, StringComparer.Ordinal);
        try
        {
            foreach (var (id, json) in Of(image, EntityKind.Provider))
            {
                providers[id] = entries.Provider(id, Decode("provider", id, json, EntityCodec.DecodeProvider), previous.ProviderTable.GetValueOrDefault(id));
            }

            foreach (var (id, json) in Of(image, EntityKind.Model))
            {
                models[id] = EntryBuilder.Model(id, Decode("model", id, json, EntityCodec.DecodeModel), providers, previous.ModelTable.GetValueOrDefault(id));
            }
        }
        catch (JsonException unreadable)
        {
            return new SnapshotBuild(null, unreadable.Message);
        }

        return Checked(image.Head, providers, models, models.Values);
    }

    /// <summary>Builds the revision that <paramref name="delta"/> makes of <paramref name="previous"/>, looking only at what changed.</summary>
    public SnapshotBuild Apply(RegistrySnapshot previous, RegistryHead head, SnapshotDelta delta)
    {
        var providers = previous.ProviderTable;
        if (delta.Providers.Count > 0)
        {
            providers = new Dictionary<string, ProviderEntry>(providers, StringComparer.Ordinal);
            foreach (var (id, entity) in delta.Providers)
            {
                Set(providers, id, entity is null ? null : entries.Provider(id, entity, previous.ProviderTable.GetValueOrDefault(id)));
            }
        }

        var models = ModelsAfter(previous, providers, delta.Models);
        var removed = delta.Providers.Values.Any(e => e is null) || delta.Models.Values.Any(e => e is null);
        return Checked(head, providers, models, removed ? models.Values : delta.Models.Keys.Select(id => models[id]));
    }

    /// <summary>Looks again at what this process can use; the same snapshot where nothing has changed.</summary>
    public RegistrySnapshot Reconsider(RegistrySnapshot current)
    {
        Dictionary<string, ProviderEntry>? providers = null;
        foreach (var (id, entry) in current.ProviderTable)
        {
            var now = entries.Provider(id, EntryBuilder.Source(entry), entry);
            if (now != entry)
            {
                (providers ??= new Dictionary<string, ProviderEntry>(current.ProviderTable, StringComparer.Ordinal))[id] = now;
            }
        }

        if (providers is null)
        {
            return current;
        }

        var models = ModelsAfter(current, providers, []);
        return new RegistrySnapshot(current.Head, providers, models, NameIndex.Of(models));
    }

    /// <summary>The same entities under another head.</summary>
    public static RegistrySnapshot Rename(RegistrySnapshot snapshot, RegistryHead head) =>
        new(head, snapshot.ProviderTable, snapshot.ModelTable, snapshot.NameTable);

    private static Dictionary<string, ModelEntry> ModelsAfter(
        RegistrySnapshot previous, Dictionary<string, ProviderEntry> providers, Dictionary<string, DecodedEntity<ModelConfig>?> changes)
    {
        if (changes.Count == 0 && providers == previous.ProviderTable)
        {
            return previous.ModelTable;
        }

        var models = new Dictionary<string, ModelEntry>(previous.ModelTable, StringComparer.Ordinal);
        if (providers != previous.ProviderTable)
        {
            foreach (var (id, entry) in previous.ModelTable)
            {
                var now = EntryBuilder.Model(id, EntryBuilder.Source(entry), providers, entry);
                if (now != entry)
                {
                    models[id] = now;
                }
            }
        }

        foreach (var (id, entity) in changes)
        {
            Set(models, id, entity is null ? null : EntryBuilder.Model(id, entity, providers, null));
        }

        return models;
    }

    private static SnapshotBuild Checked(
        RegistryHead head, Dictionary<string, ProviderEntry> providers, Dictionary<string, ModelEntry> models, IEnumerable<ModelEntry> toCheck) =>
        toCheck.Select(m => References.Dangling(m, models)).FirstOrDefault(d => d is not null) is { } dangling
            ? new SnapshotBuild(null, dangling)
            : new SnapshotBuild(new RegistrySnapshot(head, providers, models, NameIndex.Of(models)), null);

    private static IEnumerable<(string Id, ReadOnlyMemory<byte> Json)> Of(StoreImage image, EntityKind kind) =>
        image.Entities.Where(e => e.Kind == kind).Select(e => (e.Id, e.Json ?? default));

    private static T Decode<T>(string kind, string id, ReadOnlyMemory<byte> json, Func<ReadOnlyMemory<byte>, T> decode)
    {
        try
        {
            return decode(json);
        }
        catch (JsonException unreadable)
        {
            throw new JsonException($"The {kind} '{id}' is not readable JSON: {unreadable.Message}", unreadable);
        }
    }

    private static void Set<T>(Dictionary<string, T> table, string id, T? entry)
        where T : class
    {
        if (entry is null)
        {
            table.Remove(id);
        }
        else
        {
            table[id] = entry;
        }
    }
}
