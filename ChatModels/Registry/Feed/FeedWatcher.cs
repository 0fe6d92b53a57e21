using ChatModels.Registry.Sync;

namespace ChatModels.Registry.Feed;

/// <summary>One who watches: remembers only which state he was told of last.</summary>
internal sealed class FeedWatcher(RegistryFeed feed, LiveRegistry live, RegistryHead? since) : IDisposable
{
    private RegistryHead? _told = since;
    private FeedStep? _recalled;

    /// <summary>A step that the store's log knew, to be told first.</summary>
    public void Recall(FeedStep? step) => _recalled = step;

    /// <summary>What to tell now: steps, or the whole snapshot where there is no way from what was told last; nothing where nothing has changed.</summary>
    public FeedNews? Next()
    {
        var news = _recalled is { } step ? new FeedNews([step], null) : Look();
        _recalled = null;
        _told = news is null ? _told : news.Whole?.Head ?? news.Steps[^1].To;
        return news;
    }

    /// <summary>Waits for the next news; false when there were none in time.</summary>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var next = live.NextPublication;
        if (live.Current.Head != _told)
        {
            return true;
        }

        try
        {
            await next.WaitAsync(atMost, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose() => feed.Leave();

    private FeedNews? Look()
    {
        if (_told is { } told && feed.TryFollow(told, out var steps))
        {
            return steps.Count == 0 ? null : new FeedNews(steps, null);
        }

        return new FeedNews([], feed.Whole());
    }
}

/// <summary>What a watcher is told: either steps or a whole snapshot.</summary>
internal sealed record FeedNews(IReadOnlyList<FeedStep> Steps, RegistrySnapshot? Whole);
