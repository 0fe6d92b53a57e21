using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Feed;

/// <summary>Finds the way from a state that another process, or this one long ago, has told somebody of: the store's log knows it.</summary>
internal sealed class LogFeed(RegistrySynchronizer synchronizer)
{
    /// <summary>The step from a head to a snapshot; null where the log does not lead from the one to the other, or can't be read now.</summary>
    public async Task<FeedStep?> ReadAsync(RegistryHead from, RegistrySnapshot to, CancellationToken cancellationToken)
    {
        if (to.Head is not { } head || from.Epoch != head.Epoch || from.Revision >= head.Revision)
        {
            return null;
        }

        try
        {
            var log = await synchronizer.ReadStoreLogAsync(from.Revision, cancellationToken);
            LogRecord?[] entries = [.. log?.Entries.Take((int)Math.Min(int.MaxValue, head.Revision - from.Revision)).Select(LogCodec.TryDecode) ?? []];
            return log?.Head.Epoch == from.Epoch && History.Trace(from, head, entries) is Descent.Follows
                ? Step(from, to, entries)
                : null;
        }
        catch (StoreUnavailableException)
        {
            // The whole state can be told without the store.
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static FeedStep Step(RegistryHead from, RegistrySnapshot to, LogRecord?[] entries)
    {
        var written = entries.SelectMany(entry => entry!.Changes).ToLookup(change => change.Kind, change => change.Id);
        return new FeedStep(
            from, to.Head!, FeedChanges.Of(written[EntityKind.Provider], to.ProviderTable.ContainsKey), FeedChanges.Of(written[EntityKind.Model], to.ModelTable.ContainsKey));
    }
}
