using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Sync;

/// <summary>The last writes of the history that this process follows. Used by whoever holds the synchronizer's gate.</summary>
internal sealed class Lineage
{
    /// <summary>How many writes back it remembers.</summary>
    public const int Most = 128;

    private readonly SortedDictionary<long, string> _stamps = [];

    /// <summary>The writes, oldest first.</summary>
    public IReadOnlyList<LogAncestor> Known => [.. _stamps.Select(s => new LogAncestor(s.Key, s.Value))];

    public void Note(long revision, string stamp)
    {
        _stamps[revision] = stamp;
        if (_stamps.Count > Most)
        {
            _stamps.Remove(_stamps.First().Key);
        }
    }

    /// <summary>Learns from a log that leads up to the newest write noted: follows it backwards as far as it is one chain.</summary>
    public void Learn(IReadOnlyList<LogRecord?> log)
    {
        for (var i = log.Count - 1; i >= 0 && log[i] is { } entry && _stamps.GetValueOrDefault(entry.Revision) == entry.Stamp; i--)
        {
            foreach (var ancestor in entry.Lineage ?? [])
            {
                Note(ancestor.Revision, ancestor.Stamp);
            }

            if (entry.Previous is { } previous)
            {
                Note(entry.Revision - 1, previous);
            }
        }
    }

    /// <summary>The history is another one from now on.</summary>
    public void Forget() => _stamps.Clear();
}
