using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Writing;

/// <summary>Deletes what a change does not name, in the collections that it is about.</summary>
internal sealed class Pruning(bool providers, bool models) : IChangeCompletion
{
    public Task<CompletedChange> CompleteAsync(RegistryChange change, RegistrySnapshot snapshot, CancellationToken cancellationToken)
    {
        IEnumerable<EntityChange> entities = change.Entities;
        if (providers)
        {
            entities = entities.Concat(Unnamed(change, EntityKind.Provider, [.. snapshot.ProviderTable.Keys, .. Unreadable(change, EntityKind.Provider)], "$.providers"));
        }

        if (models)
        {
            entities = entities.Concat(Unnamed(change, EntityKind.Model, [.. snapshot.ModelTable.Keys, .. Unreadable(change, EntityKind.Model)], "$.models"));
        }

        return Task.FromResult(new CompletedChange(change with { Entities = [.. entities] }));
    }

    private static IEnumerable<string> Unreadable(RegistryChange change, EntityKind kind) => change.Unreadable.Where(e => e.Kind == kind).Select(e => e.Id);

    private static IEnumerable<EntityChange> Unnamed(RegistryChange change, EntityKind kind, IEnumerable<string> ids, string path)
    {
        var named = change.Entities.Where(e => e.Kind == kind).Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        return ids.Where(id => !named.Contains(id)).Select(id => EntityChange.Delete(kind, id) with { Path = path });
    }
}
