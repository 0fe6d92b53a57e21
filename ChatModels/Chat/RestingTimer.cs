using ChatModels.Chat.Health;

namespace ChatModels.Chat;

/// <summary>A timer for what hardly ever takes too long: started and stopped for every request, it touches nothing but itself.</summary>
/// <remarks>The clock's own timer is left to run, and when it fires it is set anew for as long as there still is to wait. Safe for any number of threads.</remarks>
internal sealed class RestingTimer : IDisposable
{
    private const long Never = long.MaxValue;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action _expired;
    private readonly ITimer _timer;
    private long _due = Never;
    private long _fires = Never;
    private bool _hasExpired;

    /// <param name="time">The clock.</param>
    /// <param name="expired">Called once, by the clock's thread, when the time that it was started with is over.</param>
    public RestingTimer(TimeProvider time, Action expired)
    {
        (_time, _expired) = (time, expired);
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        using (flow) // Nothing of whoever happens to need it first.
        {
            _timer = time.CreateTimer(static self => ((RestingTimer)self!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Starts it, or starts it anew; without effect once it has expired.</summary>
    /// <param name="wait">How long it takes until it expires.</param>
    /// <param name="atTheLatest">When it expires in any case, by the monotonic clock.</param>
    public void Start(TimeSpan wait, long atTheLatest = Never)
    {
        var due = Math.Min(_time.TimestampAfter(wait), atTheLatest);
        lock (_lock)
        {
            _due = _hasExpired ? Never : due;
            if (_due < _fires)
            {
                SetFor(_time.TimeUntil(_due));
            }
        }
    }

    /// <summary>Stops it; false where it has expired, and its callback ran or still runs.</summary>
    public bool Stop()
    {
        lock (_lock)
        {
            _due = Never;
            return !_hasExpired;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        lock (_lock)
        {
            _fires = Never;
            if (_due == Never)
            {
                return;
            }

            var left = _time.TimeUntil(_due);
            if (left > TimeSpan.Zero)
            {
                SetFor(left);
                return;
            }

            _due = Never;
            _hasExpired = true;
        }

        _expired();
    }

    // Timers count whole milliseconds, and one that fires early would fire again and again until it is time.
    private void SetFor(TimeSpan wait)
    {
        _fires = _due;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait / Tick)), Timeout.InfiniteTimeSpan);
    }
}
