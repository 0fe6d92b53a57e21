using ChatModels.Registry.Sync;

namespace ChatModels.Registry.Feed;

/// <summary>What has changed lately, for those who watch. Nobody has a queue of his own: who falls too far behind starts over.</summary>
/// <remarks>Works only while somebody watches, on the threads of those who do, and never on a writer's.</remarks>
internal sealed class RegistryFeed(LiveRegistry live, LogFeed log)
{
    private const int MostSteps = 256;
    private const int MostIds = 20_000;

    private readonly Lock _lock = new();
    private readonly LinkedList<FeedStep> _steps = [];
    private RegistrySnapshot? _seen;
    private int _ids;
    private int _watchers;

    /// <summary>Watches from a head on; from nothing, where the watcher has none or the way from it is not known.</summary>
    public async Task<FeedWatcher> WatchAsync(RegistryHead? since, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _watchers++;
            _seen ??= live.Current;
        }

        var watcher = new FeedWatcher(this, live, since);
        try
        {
            if (since is not null && !TryFollow(since, out _))
            {
                watcher.Recall(await log.ReadAsync(since, Whole(), cancellationToken));
            }

            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    /// <summary>The steps from a head to the snapshot that serves; false where they are not known, or not any more.</summary>
    public bool TryFollow(RegistryHead from, out IReadOnlyList<FeedStep> steps)
    {
        lock (_lock)
        {
            CatchUp();
            steps = [.. _steps.SkipWhile(step => step.From != from)];
            return steps.Count > 0 || _seen?.Head == from;
        }
    }

    /// <summary>The snapshot that serves; every later step leads on from it.</summary>
    public RegistrySnapshot Whole()
    {
        lock (_lock)
        {
            CatchUp();
            return _seen!;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_watchers == 0)
            {
                // Nobody to tell: no old snapshot is kept for it.
                _seen = null;
                _steps.Clear();
                _ids = 0;
            }
        }
    }

    private void CatchUp()
    {
        var now = live.Current;
        if (_seen?.Head is not { } from || now.Head is not { } to || from == to)
        {
            _seen = now;
            return;
        }

        // Another history, or an older state of this one, is no step from what was: whoever saw that starts over.
        if (from.Epoch != to.Epoch || to.Revision <= from.Revision)
        {
            _steps.Clear();
            _ids = 0;
        }
        else
        {
            Add(FeedStep.Of(RegistryDifference.Between(_seen, now)));
        }

        _seen = now;
    }

    private void Add(FeedStep step)
    {
        _steps.AddLast(step);
        _ids += step.Ids;
        while (_steps.First is { Value: var oldest } && (_steps.Count > MostSteps || _ids > MostIds))
        {
            _ids -= oldest.Ids;
            _steps.RemoveFirst();
        }
    }
}
