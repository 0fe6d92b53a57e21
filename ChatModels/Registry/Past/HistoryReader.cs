using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;
using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Past;

/// <summary>Reads the change log for people: parts of it, or the one write that a stamp names.</summary>
internal sealed class HistoryReader(RegistrySynchronizer synchronizer)
{
    private const string Op = "read_history";

    /// <summary>The first writes after a revision; the newest where <paramref name="after"/> is null.</summary>
    public Task<RegistryHistory> ReadAsync(long? after, int limit, CancellationToken cancellationToken) => ReadAsync(after ?? 0, log =>
    {
        if (after is { } revision && log.Head.Revision > revision && LogCodec.RevisionOf(log.Entries) is var first && first != revision + 1)
        {
            return Failed(WriteFailures.Gone(Op, first is null
                ? $"What was written after revision {revision} can't be read in the log."
                : $"The log no longer holds what was written after revision {revision}; it begins with revision {first}. Read on from there."));
        }

        return Read(log, after is null ? log.Entries.TakeLast(limit) : log.Entries.Take(limit));
    }, cancellationToken);

    /// <summary>The write that has a stamp, if the log holds it.</summary>
    public Task<RegistryHistory> FindAsync(string stamp, CancellationToken cancellationToken) =>
        ReadAsync(0, log => Read(log, log.Entries.Where(entry => LogCodec.TryDecode(entry)?.Stamp == stamp)), cancellationToken);

    private async Task<RegistryHistory> ReadAsync(long after, Func<StoreLog, RegistryHistory> read, CancellationToken cancellationToken)
    {
        try
        {
            return await synchronizer.ReadStoreLogAsync(after, cancellationToken) is { } log
                ? read(log)
                : Failed(WriteFailures.Failure(Op, ErrorCodes.RegistryUnavailable, "The store has no registry now, and so no history. Try again later."));
        }
        catch (StoreUnavailableException unavailable)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Failed(WriteFailures.Failure(Op, ErrorCodes.RegistryUnavailable, $"The history can't be read, since the registry's store can't be asked now: {unavailable.Message} Try again later."));
        }
    }

    private static RegistryHistory Failed(RegistryFailure failure) => new() { Failure = failure };

    private static RegistryHistory Read(StoreLog log, IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        List<RegistryWrite> writes = [];
        foreach (var entry in entries.Select(LogCodec.TryDecode))
        {
            if (entry is null)
            {
                return Failed(WriteFailures.Gone(Op, $"An entry of the log after revision {writes.LastOrDefault()?.Revision ?? 0} is not readable JSON; read on after it, or restore the store."));
            }

            writes.Add(View(entry));
        }

        return new RegistryHistory { Head = log.Head, Writes = writes };
    }

    private static RegistryWrite View(LogRecord entry) => new()
    {
        Revision = entry.Revision,
        Stamp = entry.Stamp,
        Previous = entry.Previous,
        Op = entry.Op,
        Actor = entry.Actor,
        At = entry.At,
        IdsOnly = entry.IdsOnly,
        Changes = [.. entry.Changes.Select(c => new RegistryWriteChange(c.Kind == EntityKind.Provider ? "provider" : "model", c.Id, c.Old, c.New))],
    };
}
