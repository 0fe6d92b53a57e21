using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Writing;

/// <summary>Turns a change that was found good into what is sent to the store, and into the snapshot that every reader will build from it.</summary>
internal sealed class WritePreparer(SnapshotBuilder builder, TimeProvider time)
{
    private const int MaxActorLength = 256;

    /// <summary>Prepares a change of <paramref name="snapshot"/>; without a head it is the first write of a registry.</summary>
    public PreparedWrite Prepare(RegistrySnapshot snapshot, RegistryChange change, RegistryHead next)
    {
        var (write, refusal) = TryPrepare(snapshot, change, next);
        return write ?? throw new InvalidOperationException($"A change that was found good can't be applied: {refusal}");
    }

    /// <summary>The same on ground that is not sound itself: the change may leave references that dangle, and then says which.</summary>
    public (PreparedWrite? Write, string? Refusal) TryPrepare(RegistrySnapshot snapshot, RegistryChange change, RegistryHead next)
    {
        var tag = new EntityTag(next.Revision, next.Stamp);
        var delta = new SnapshotDelta();
        var stored = new List<StoredEntity>(change.Entities.Count);
        foreach (var entity in change.Entities)
        {
            stored.Add(new StoredEntity(entity.Kind, entity.Id, Encode(entity, tag)));
            if (entity.Kind == EntityKind.Provider)
            {
                delta.Providers[entity.Id] = entity.Provider is { } provider ? new(tag, provider) : null;
            }
            else
            {
                delta.Models[entity.Id] = entity.Model is { } model ? new(tag, model) : null;
            }
        }

        var build = builder.Apply(snapshot, next, delta);
        return build.Succeeded
            ? (new PreparedWrite(new StoreCommit(snapshot.Head, next, stored, Log(snapshot, change, next)), build.Snapshot), null)
            : (null, build.Refusal);
    }

    /// <summary>Prepares to write a whole snapshot into a store that has none. Nothing changes for whoever held it: so the log says, and its readers go on.</summary>
    public PreparedWrite PrepareRestore(RegistrySnapshot snapshot, RegistryHead next, string actor, Lineage lineage)
    {
        var log = Log(snapshot, new RegistryChange(RegistryOps.Restore, actor, []), next, lineage);
        return new PreparedWrite(new StoreCommit(null, next, Stored(snapshot), log), SnapshotBuilder.Rename(snapshot, next));
    }

    /// <summary>A whole snapshot as its store has it.</summary>
    public static StoreImage Image(RegistrySnapshot snapshot) => new(snapshot.Head!, Stored(snapshot));

    private static IReadOnlyList<StoredEntity> Stored(RegistrySnapshot snapshot) =>
    [
        .. snapshot.ProviderTable.Values.Select(e => new StoredEntity(EntityKind.Provider, e.Id, e.Raw ?? EntityCodec.Encode(e.Tag, e.Config))),
        .. snapshot.ModelTable.Values.Select(e => new StoredEntity(EntityKind.Model, e.Id, e.Raw ?? EntityCodec.Encode(e.Tag, e.Config))),
    ];

    private static ReadOnlyMemory<byte>? Encode(EntityChange entity, EntityTag tag) => entity switch
    {
        { Provider: { } provider } => EntityCodec.Encode(tag, provider),
        { Model: { } model } => EntityCodec.Encode(tag, model),
        // Spelled out: a null array would become an empty value, and an empty value is no deletion.
        _ => (ReadOnlyMemory<byte>?)null,
    };

    private byte[] Log(RegistrySnapshot snapshot, RegistryChange change, RegistryHead next, Lineage? lineage = null) => LogCodec.Encode(new LogRecord
    {
        Version = EntityCodec.Version,
        Revision = next.Revision,
        Stamp = next.Stamp,
        Previous = snapshot.Head?.Stamp,
        Op = change.Op,
        Actor = change.Actor.Length <= MaxActorLength ? change.Actor : change.Actor[..MaxActorLength],
        At = time.GetUtcNow(),
        Lineage = lineage?.Known,
        IsLineagePartial = lineage?.IsPartial == true,
        Changes = [.. change.Entities.Select(e => new LogChange(e.Kind, e.Id, EntityValues.Now(snapshot, e.Kind, e.Id), EntityValues.Wanted(e)))],
    });
}
