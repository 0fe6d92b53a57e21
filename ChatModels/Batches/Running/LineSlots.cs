namespace ChatModels.Batches.Running;

/// <summary>
/// Who may call next: so many lines at once in all, as many of each model as it bears, and in between every batch in turn, so that a large one does not keep
/// a small one waiting.
/// </summary>
internal sealed partial class LineSlots : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int _most;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Dictionary<string, ModelPace> _paces = new(StringComparer.Ordinal);

    // The batches that wait, in turn; each with its waiters in the order of their coming.
    private readonly LinkedList<(string Batch, List<Waiter> Waiters)> _queue = [];
    private int _free;
    private bool _aloneIsTaken;

    public LineSlots(int most, TimeProvider time)
    {
        (_most, _free, _time) = (most, most, time);
        _timer = time.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int UnderWay => _most - Volatile.Read(ref _free);

    /// <summary>Waits for at least one slot and returns how many it got, up to <paramref name="want"/>; each is released when its call has ended.</summary>
    /// <param name="batch">For whom; batches take turns.</param>
    /// <param name="model">What is called.</param>
    /// <param name="want">How many.</param>
    /// <param name="alone">Whether the line is one with which workers were lost: only one of those at a time, so that the next loss tells which it was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<int> AcquireAsync(string batch, string model, int want, bool alone, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(model, want, alone);
        lock (_lock)
        {
            Enqueue(batch, waiter);
        }

        Pump();
        await using var registration = cancellationToken.Register(() => Cancel(waiter, cancellationToken));
        return await waiter.Granted.Task;
    }

    public void Release(string model, int count, bool alone)
    {
        lock (_lock)
        {
            _free += count;
            PaceOf(model).UnderWay -= count;
            _aloneIsTaken &= !alone;
        }

        Pump();
    }

    /// <summary>A call was refused because there are too many; what it is told about, how long to wait.</summary>
    public (double Limit, TimeSpan Wait, bool IsNews) Refused(string model, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            var pace = PaceOf(model);
            var isNews = pace.IsUnlimited;
            pace.Refused(retryAfter);
            return (pace.Limit, pace.PausedFor, isNews);
        }
    }

    /// <summary>The models that are held back here, and those of which a cut is news.</summary>
    public IReadOnlyList<string> Limited()
    {
        lock (_lock)
        {
            return [.. _paces.Where(p => !p.Value.IsUnlimited).Select(p => p.Key)];
        }
    }

    /// <summary>See <see cref="ModelPace.Share"/>.</summary>
    public string? Share(string model, string? known, int workers)
    {
        string? share;
        lock (_lock)
        {
            share = PaceOf(model).Share(known, workers, _time.GetUtcNow());
        }

        Pump();
        return share;
    }

    public void Dispose() => _timer.Dispose();

    private void Enqueue(string batch, Waiter waiter)
    {
        for (var node = _queue.First; node is not null; node = node.Next)
        {
            if (node.Value.Batch == batch)
            {
                node.Value.Waiters.Add(waiter);
                return;
            }
        }

        _queue.AddLast((batch, [waiter]));
    }

    private void Pump()
    {
        List<(Waiter Waiter, int Count)> granted = [];
        lock (_lock)
        {
            while (_free > 0 && GrantOne() is { } grant)
            {
                granted.Add(grant);
            }

            WakeWhenAPauseEnds();
        }

        foreach (var (waiter, count) in granted)
        {
            waiter.Granted.SetResult(count);
        }
    }

    private (Waiter, int)? GrantOne()
    {
        for (var node = _queue.First; node is not null; node = node.Next)
        {
            var waiters = node.Value.Waiters;
            var index = waiters.FindIndex(CanGo);
            if (index < 0)
            {
                continue;
            }

            var waiter = waiters[index];
            waiters.RemoveAt(index);
            var share = Math.Max(1, _free / _queue.Count);
            _queue.Remove(node);
            if (waiters.Count > 0)
            {
                _queue.AddLast(node);
            }

            var pace = PaceOf(waiter.Model);
            var count = Math.Min(waiter.Want, Math.Min(share, pace.Room));
            _free -= count;
            pace.UnderWay += count;
            _aloneIsTaken |= waiter.Alone;
            return (waiter, count);
        }

        return null;
    }

    private bool CanGo(Waiter waiter) => (!waiter.Alone || !_aloneIsTaken) && PaceOf(waiter.Model).Room > 0;

    private void WakeWhenAPauseEnds()
    {
        var pauses = _paces.Values.Select(p => p.PausedFor).Where(p => p > TimeSpan.Zero).ToList();
        _timer.Change(_queue.Count > 0 && pauses is not [] ? pauses.Min() + TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private ModelPace PaceOf(string model)
    {
        if (!_paces.TryGetValue(model, out var pace))
        {
            _paces.Add(model, pace = new ModelPace(_most, _time));
        }

        return pace;
    }
}
