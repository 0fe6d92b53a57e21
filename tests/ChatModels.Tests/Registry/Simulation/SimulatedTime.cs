namespace ChatModels.Tests.Registry.Simulation;

/// <summary>The time that passes for everybody.</summary>
internal sealed class SimulatedClock
{
    public TimeSpan Now { get; set; }
}

/// <summary>One process' time: a monotonic clock that it shares, a wall clock that may jump, and timers that fire when the scheduler says so.</summary>
internal sealed class SimulatedTime(SimulatedClock clock) : TimeProvider
{
    // What production code waits for between two attempts: it then wants the gate, which must be free by then.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly List<Timer> _timers = [];

    public TimeSpan WallOffset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => clock.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) + clock.Now + WallOffset;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Fires one timer that is due, any of them; false when there is none.</summary>
    public bool FireOne(Random random, bool gateIsFree)
    {
        var due = _timers.Where(t => t.Due <= clock.Now && (gateIsFree || t.Requested > LongestPause)).ToArray();
        if (due.Length == 0)
        {
            return false;
        }

        due[random.Next(due.Length)].Fire();
        return true;
    }

    private sealed class Timer(SimulatedTime time, Action callback) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public TimeSpan Requested { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period > TimeSpan.Zero)
            {
                throw new NotSupportedException("Nothing that is simulated repeats by a timer.");
            }

            time._timers.Remove(this);
            if (dueTime >= TimeSpan.Zero)
            {
                (Due, Requested) = (time.Now + dueTime, dueTime);
                time._timers.Add(this);
            }

            return true;
        }

        public void Fire()
        {
            time._timers.Remove(this);
            callback();
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private TimeSpan Now => clock.Now;
}
