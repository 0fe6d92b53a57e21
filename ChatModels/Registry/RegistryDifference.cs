using System.Text.Json;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Writing;

namespace ChatModels.Registry;

/// <summary>What changes, or would change, between two states of the registry.</summary>
public sealed record RegistryDifference
{
    /// <summary>The state that it starts from; null where there was none.</summary>
    public RegistryHead? From { get; init; }

    /// <summary>The state that it leads to; null where that was not written.</summary>
    public RegistryHead? To { get; init; }

    /// <summary>The providers.</summary>
    public required CollectionDifference Providers { get; init; }

    /// <summary>The models.</summary>
    public required CollectionDifference Models { get; init; }

    internal static RegistryDifference Between(RegistrySnapshot one, RegistrySnapshot other) => new()
    {
        From = one.Head,
        To = other.Head,
        Providers = Between(one.ProviderTable, other.ProviderTable, e => JsonSerializer.SerializeToUtf8Bytes(e.Config, RegistryJson.Default.ProviderConfig)),
        Models = Between(one.ModelTable, other.ModelTable, e => JsonSerializer.SerializeToUtf8Bytes(e.Config, RegistryJson.Default.ModelConfig)),
    };

    /// <summary>What a change of a snapshot does: <paramref name="effective"/> are those of its entities that are not there already.</summary>
    internal static RegistryDifference Of(RegistryChange change, IReadOnlyList<EntityChange> effective, RegistrySnapshot before, RegistryHead? after) => new()
    {
        From = before.Head,
        To = after,
        Providers = Of(EntityKind.Provider, change, effective, before),
        Models = Of(EntityKind.Model, change, effective, before),
    };

    private static CollectionDifference Of(EntityKind kind, RegistryChange change, IReadOnlyList<EntityChange> effective, RegistrySnapshot before)
    {
        var mine = effective.Where(e => e.Kind == kind).ToArray();
        var puts = mine.Where(e => !e.IsDelete).ToLookup(e => EntityValues.Tag(before, kind, e.Id) is null, e => e.Id);
        return new CollectionDifference(
            Ordered(puts[true]), Ordered(puts[false]), Ordered(mine.Where(e => e.IsDelete).Select(e => e.Id)), change.Entities.Count(e => e.Kind == kind) - mine.Length);
    }

    private static CollectionDifference Between<T>(Dictionary<string, T> one, Dictionary<string, T> other, Func<T, byte[]> json)
        where T : class
    {
        var changed = one.Where(e => other.TryGetValue(e.Key, out var now) && now != e.Value && !json(now).AsSpan().SequenceEqual(json(e.Value))).Select(e => e.Key).ToArray();
        var deleted = one.Keys.Where(id => !other.ContainsKey(id)).ToArray();
        return new CollectionDifference(
            Ordered(other.Keys.Where(id => !one.ContainsKey(id))), Ordered(changed), Ordered(deleted), one.Count - changed.Length - deleted.Length);
    }

    private static string[] Ordered(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];
}

/// <summary>What changes in one collection, by id, ordered.</summary>
/// <param name="Created">Those that were not there.</param>
/// <param name="Changed">Those that are another than before.</param>
/// <param name="Deleted">Those that are there no longer.</param>
/// <param name="Unchanged">How many of those concerned stay as they were.</param>
public sealed record CollectionDifference(IReadOnlyList<string> Created, IReadOnlyList<string> Changed, IReadOnlyList<string> Deleted, int Unchanged);
