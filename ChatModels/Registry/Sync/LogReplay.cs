using System.Text.Json;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Sync;

/// <summary>Folds log entries into what they did together.</summary>
internal static class LogReplay
{
    /// <summary>The entries' changes; null where some can only be had by a full read.</summary>
    public static SnapshotDelta? Fold(IReadOnlyList<LogRecord?> log)
    {
        var delta = new SnapshotDelta();
        foreach (var entry in log)
        {
            if (entry is not { Version: >= 1 and <= EntityCodec.Version, IdsOnly: false })
            {
                return null;
            }

            var tag = new EntityTag(entry.Revision, entry.Stamp);
            foreach (var change in entry.Changes)
            {
                if (!TryAdd(delta, tag, change))
                {
                    return null;
                }
            }
        }

        return delta;
    }

    private static bool TryAdd(SnapshotDelta delta, EntityTag tag, LogChange change)
    {
        try
        {
            if (change.Kind == EntityKind.Provider)
            {
                delta.Providers[change.Id] = change.New is { } value ? new(tag, value.Deserialize(StoreJson.Default.ProviderConfig)!) : null;
            }
            else
            {
                delta.Models[change.Id] = change.New is { } value ? new(tag, value.Deserialize(StoreJson.Default.ModelConfig)!) : null;
            }

            return true;
        }
        catch (JsonException)
        {
            // A field of a newer version: the full read keeps such an entity as it is stored, and says why it can't be used.
            return false;
        }
    }
}
