using System.Text.Json;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;
using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Past;

/// <summary>Undoes everything after a revision, by the values that the log kept from before.</summary>
internal sealed class Undoing(long toRevision, RegistrySynchronizer synchronizer) : IChangeCompletion
{
    public async Task<CompletedChange> CompleteAsync(RegistryChange change, RegistrySnapshot snapshot, CancellationToken cancellationToken)
    {
        var head = snapshot.Head!;
        if (toRevision < 1 || toRevision > head.Revision)
        {
            return new(null, WriteFailures.Invalid(change.Op, [new ValidationIssue("$.toRevision", $"The registry is at revision {head.Revision}; give 1 to {head.Revision}.")]));
        }

        if (toRevision == head.Revision)
        {
            return new(change);
        }

        try
        {
            var log = await synchronizer.ReadStoreLogAsync(toRevision, cancellationToken);
            return log?.Head == head ? Undo(change, snapshot, [.. log.Entries.Select(LogCodec.TryDecode)]) : new(null);
        }
        catch (StoreUnavailableException unavailable)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(null, WriteFailures.Unavailable(change.Op, unavailable.Message));
        }
    }

    private CompletedChange Undo(RegistryChange change, RegistrySnapshot snapshot, LogRecord?[] log)
    {
        var before = new Dictionary<(EntityKind Kind, string Id), JsonElement?>();
        for (var i = 0; i < snapshot.Head!.Revision - toRevision; i++)
        {
            var revision = toRevision + 1 + i;
            if (i >= log.Length || log[i] is not { } entry || entry.Revision != revision)
            {
                return new(null, WriteFailures.Gone(change.Op, $"The log no longer holds what was written at revision {revision}, so it can't be undone; apply the wanted state instead."));
            }

            if (entry.IdsOnly || entry.Version > EntityCodec.Version)
            {
                return new(null, WriteFailures.Gone(change.Op, $"Of revision {revision} the log kept {(entry.IdsOnly ? "only names, since it was too large" : "values of a newer version")}, so it can't be undone; apply the wanted state instead."));
            }

            foreach (var done in entry.Changes)
            {
                // The oldest of the writes to be undone saw what was there at the revision wanted.
                before.TryAdd((done.Kind, done.Id), done.Old);
            }
        }

        return new(Back(change, snapshot, before));
    }

    private static RegistryChange Back(RegistryChange change, RegistrySnapshot snapshot, Dictionary<(EntityKind Kind, string Id), JsonElement?> before)
    {
        List<EntityChange> entities = [];
        List<ValidationIssue> mistakes = [];
        foreach (var ((kind, id), old) in before)
        {
            var path = $"$.{(kind == EntityKind.Provider ? "providers" : "models")}['{id}']";
            if (old is { } value)
            {
                Put(kind, id, value, path, entities, mistakes);
            }
            else if (EntityValues.Tag(snapshot, kind, id) is not null)
            {
                entities.Add(EntityChange.Delete(kind, id) with { Path = path });
            }
        }

        return change with { Entities = entities, Mistakes = mistakes };
    }

    private static void Put(EntityKind kind, string id, JsonElement value, string path, List<EntityChange> entities, List<ValidationIssue> mistakes)
    {
        try
        {
            var put = kind == EntityKind.Provider
                ? EntityChange.Put(id, value.Deserialize(StoreJson.Default.ProviderConfig)!)
                : EntityChange.Put(id, value.Deserialize(StoreJson.Default.ModelConfig)!);
            entities.Add(put with { Path = path, IdPath = path });
        }
        catch (JsonException mistake)
        {
            mistakes.Add(new ValidationIssue(path, $"What it was does not fit this version of ChatModels at {mistake.Path ?? "$"}; roll back through a newer process."));
        }
    }
}
