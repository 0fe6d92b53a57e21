using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Sync;

/// <summary>The last writes of the history that this process follows. Used by whoever holds the synchronizer's gate.</summary>
internal sealed class Lineage
{
    /// <summary>How many writes back it remembers.</summary>
    public const int Most = 128;

    private readonly SortedDictionary<long, string> _stamps = [];
    private long? _lostBefore;

    /// <summary>The writes, oldest first.</summary>
    public IReadOnlyList<LogAncestor> Known => [.. _stamps.Select(s => new LogAncestor(s.Key, s.Value))];

    /// <summary>The store's log was not read yet since a whole registry was taken: what came before that is not known.</summary>
    public bool IsMissing { get; private set; } = true;

    /// <summary>There were writes among the last ones that are not known here, though a log might have told them.</summary>
    public bool IsPartial => IsMissing || _stamps.Keys.FirstOrDefault(long.MaxValue) <= _lostBefore;

    public void Note(long revision, string stamp)
    {
        _stamps[revision] = stamp;
        // Before its first write a registry has no past.
        IsMissing &= revision > 1;
        if (_stamps.Count > Most)
        {
            _stamps.Remove(_stamps.First().Key);
        }
    }

    /// <summary>A whole registry is about to be taken: the way to it is not known.</summary>
    public void Miss() => IsMissing = true;

    /// <summary>Learns from a log that leads up to the newest write noted: follows it backwards as far as it is one chain.</summary>
    public void Learn(IReadOnlyList<LogRecord?> log) => FollowBack(log);

    /// <summary>The same from everything that the store's log still has of the last writes: what it does not tell, nobody can.</summary>
    public void LearnAll(IReadOnlyList<LogRecord?> log)
    {
        var followed = FollowBack(log);
        IsMissing = false;
        _lostBefore = followed < log.Count || log.Any(e => e is { IsLineagePartial: true }) ? _stamps.Keys.First() : null;
    }

    /// <summary>The history is another one from now on.</summary>
    public void Forget()
    {
        _stamps.Clear();
        _lostBefore = null;
        IsMissing = true;
    }

    private int FollowBack(IReadOnlyList<LogRecord?> log)
    {
        var followed = 0;
        for (var i = log.Count - 1; i >= 0 && log[i] is { } entry && _stamps.GetValueOrDefault(entry.Revision) == entry.Stamp; i--)
        {
            followed++;
            foreach (var ancestor in entry.Lineage ?? [])
            {
                Note(ancestor.Revision, ancestor.Stamp);
            }

            if (entry.Previous is { } previous)
            {
                Note(entry.Revision - 1, previous);
            }
        }

        return followed;
    }
}
