using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Sync;

/// <summary>Decides whether a store's state descends from the one that a process holds. A revision number alone can't tell: stamps do.</summary>
internal static class History
{
    /// <summary>What the two heads alone say; null where they leave it open: the store is ahead, and its log must tell.</summary>
    public static Descent? Compare(RegistryHead mine, RegistryHead theirs)
    {
        if (mine == theirs)
        {
            return new Descent.Same();
        }

        if (mine.Epoch != theirs.Epoch)
        {
            return new Descent.Other("The store holds another registry (another epoch); somebody emptied it and began anew, or this process was pointed elsewhere.");
        }

        return theirs.Revision > mine.Revision
            ? null
            : new Descent.Other($"The store is at revision {theirs.Revision} and this process has seen {mine.Revision} of another write; the store lost writes, by a failover or an old copy.");
    }

    /// <summary>What the log since my revision says; the heads were compared before.</summary>
    public static Descent Trace(RegistryHead mine, RegistryHead theirs, IReadOnlyList<LogRecord?> log)
    {
        if (log.Count == 0)
        {
            return new Descent.OutOfReach();
        }

        if (log[0] is not { } first)
        {
            return new Descent.Unreadable("The log entry that follows this process' revision is not readable JSON, so nothing proves that the store's history is this one.");
        }

        if (first.Revision > mine.Revision + 1)
        {
            return WasRestoredFromAnother(mine, log) ? Parted(mine) : WasRestoredBlindly(mine, log) ? Unproven(mine) : new Descent.OutOfReach();
        }

        if (first.Previous != mine.Stamp)
        {
            return Parted(mine);
        }

        return IsChain(first, theirs, log) ? new Descent.Follows() : new Descent.OutOfReach();
    }

    private static Descent.Other Parted(RegistryHead mine) =>
        new($"The store's history does not contain revision {mine.Revision} as this process saw it; the store lost writes, and others were made since.");

    private static bool WasRestoredFromAnother(RegistryHead mine, IReadOnlyList<LogRecord?> log) =>
        log.SelectMany(e => e?.Lineage ?? []).Any(a => a.Revision == mine.Revision && a.Stamp != mine.Stamp);

    private static Descent.Other Unproven(RegistryHead mine) =>
        new($"The store was restored by a process that did not know its own past, so nothing proves that revision {mine.Revision}, as this process saw it, is part of that.");

    // Of a log that merely grew on, what it has forgotten is trusted; one that was lost and begun anew by somebody without a past proves nothing.
    private static bool WasRestoredBlindly(RegistryHead mine, IReadOnlyList<LogRecord?> log) =>
        log.Any(e => e is { IsLineagePartial: true, Lineage: var known } && known?.Any(a => a.Revision == mine.Revision) != true);

    // A gap can't hide another history, since the first entry follows mine; a full read closes it.
    private static bool IsChain(LogRecord first, RegistryHead theirs, IReadOnlyList<LogRecord?> log)
    {
        var last = first;
        foreach (var entry in log.Skip(1))
        {
            if (entry is null || entry.Revision != last.Revision + 1 || entry.Previous != last.Stamp)
            {
                return false;
            }

            last = entry;
        }

        return last.Revision == theirs.Revision && last.Stamp == theirs.Stamp;
    }
}

/// <summary>How a store's state relates to the one that a process holds.</summary>
internal abstract record Descent
{
    /// <summary>It is the same state.</summary>
    public sealed record Same : Descent;

    /// <summary>The log leads from mine to theirs, write by write.</summary>
    public sealed record Follows : Descent;

    /// <summary>The log no longer reaches back to mine: only a full read helps.</summary>
    public sealed record OutOfReach : Descent;

    /// <summary>The log can't be read where it matters.</summary>
    public sealed record Unreadable(string Reason) : Descent;

    /// <summary>It is another history.</summary>
    public sealed record Other(string Reason) : Descent;
}
