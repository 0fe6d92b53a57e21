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
        try
        {
            var snapshot = Read(image, previous);
            return Refusal(snapshot) is { } refusal ? new SnapshotBuild(null, refusal) : new SnapshotBuild(snapshot, null);
        }
        catch (JsonException unreadable)
        {
            return new SnapshotBuild(null, unreadable.Message);
        }
    }

    /// <summary>Builds what can be read of a revision that was refused.</summary>
    public RepairGround BuildWhatIsReadable(StoreImage image, RegistrySnapshot previous)
    {
        HashSet<(EntityKind, string)> unreadable = [];
        List<StoredEntity> readable = [];
        foreach (var entity in image.Entities)
        {
            try
            {
                _ = entity.Kind == EntityKind.Provider ? (object)EntityCodec.DecodeProvider(entity.Json ?? default) : EntityCodec.DecodeModel(entity.Json ?? default);
                readable.Add(entity);
            }
            catch (JsonException)
            {
                // It was told when the revision was refused; here it counts which.
                unreadable.Add((entity.Kind, entity.Id));
            }
        }

        return new RepairGround(Read(image with { Entities = readable }, previous), unreadable);
    }

    /// <summary>Why a snapshot can't be served: the first reference in it that dangles; null where none does.</summary>
    public static string? Refusal(RegistrySnapshot snapshot) =>
        snapshot.ModelTable.Values.Select(m => References.Dangling(m, snapshot.ModelTable)).FirstOrDefault(d => d is not null);

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

        var (models, changed) = ModelsAfter(previous, providers, delta.Models);
        var removed = delta.Providers.Values.Any(e => e is null) || delta.Models.Values.Any(e => e is null);
        return Checked(head, providers, models, () => NameIndex.After(previous.Names, previous.ModelTable, models, changed), removed ? models.Values : delta.Models.Keys.Select(id => models[id]));
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

        var (models, changed) = ModelsAfter(current, providers, []);
        return new RegistrySnapshot(current.Head, providers, models, NameIndex.After(current.Names, current.ModelTable, models, changed));
    }

    /// <summary>The same entities under another head.</summary>
    public static RegistrySnapshot Rename(RegistrySnapshot snapshot, RegistryHead head) =>
        new(head, snapshot.ProviderTable, snapshot.ModelTable, snapshot.Names);

    private RegistrySnapshot Read(StoreImage image, RegistrySnapshot previous)
    {
        var providers = new Dictionary<string, ProviderEntry>(StringComparer.Ordinal);
        var models = new Dictionary<string, ModelEntry>(image.Entities.Count, StringComparer.Ordinal);
        foreach (var (id, json) in Of(image, EntityKind.Provider))
        {
            providers[id] = entries.Provider(id, Decode("provider", id, json, EntityCodec.DecodeProvider), previous.ProviderTable.GetValueOrDefault(id));
        }

        foreach (var (id, json) in Of(image, EntityKind.Model))
        {
            models[id] = EntryBuilder.Model(id, Decode("model", id, json, EntityCodec.DecodeModel), providers, previous.ModelTable.GetValueOrDefault(id));
        }

        return new RegistrySnapshot(image.Head, providers, models, NameIndex.Of(models));
    }

    private static (Dictionary<string, ModelEntry> Models, HashSet<string> Changed) ModelsAfter(
        RegistrySnapshot previous, Dictionary<string, ProviderEntry> providers, Dictionary<string, DecodedEntity<ModelConfig>?> changes)
    {
        if (changes.Count == 0 && providers == previous.ProviderTable)
        {
            return (previous.ModelTable, []);
        }

        var changed = new HashSet<string>(changes.Keys, StringComparer.Ordinal);
        var models = new Dictionary<string, ModelEntry>(previous.ModelTable, StringComparer.Ordinal);
        if (providers != previous.ProviderTable)
        {
            foreach (var (id, entry) in previous.ModelTable)
            {
                if (!EntryBuilder.IsCurrent(entry, providers))
                {
                    models[id] = EntryBuilder.Model(id, EntryBuilder.Source(entry), providers, entry);
                    changed.Add(id);
                }
            }
        }

        foreach (var (id, entity) in changes)
        {
            Set(models, id, entity is null ? null : EntryBuilder.Model(id, entity, providers, null));
        }

        return (models, changed);
    }

    private static SnapshotBuild Checked(
        RegistryHead head, Dictionary<string, ProviderEntry> providers, Dictionary<string, ModelEntry> models, Func<NameIndex> names, IEnumerable<ModelEntry> toCheck) =>
        toCheck.Select(m => References.Dangling(m, models)).FirstOrDefault(d => d is not null) is { } dangling
            ? new SnapshotBuild(null, dangling)
            : new SnapshotBuild(new RegistrySnapshot(head, providers, models, names()), null);

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
