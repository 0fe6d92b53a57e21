using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Writing;

/// <summary>Prepares a write on a revision that was refused: taken only if nothing is wrong afterwards, so that it is the cure and not one thing more.</summary>
internal static class Repair
{
    /// <summary>The write, or what would still be wrong.</summary>
    public static (PreparedWrite? Write, string? StillWrong) Prepare(
        RepairGround ground, RegistryChange change, IReadOnlyList<EntityChange> effective, RegistryHead next, WritePreparer preparer)
    {
        foreach (var (kind, id) in ground.Unreadable.Order())
        {
            if (!effective.Any(e => e.Kind == kind && e.Id == id))
            {
                return (null, $"The {(kind == EntityKind.Provider ? "provider" : "model")} '{id}' is not readable JSON.");
            }
        }

        var (write, refusal) = preparer.TryPrepare(ground.Snapshot, change with { Entities = effective }, next);
        return (refusal ?? SnapshotBuilder.Refusal(write!.Next)) is { } stillWrong ? (null, stillWrong) : (write, null);
    }
}
