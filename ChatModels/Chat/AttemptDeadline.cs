namespace ChatModels.Chat;

/// <summary>Cancels an attempt when the caller goes away, or when what is awaited takes too long.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    // A source with its timer is a fifth of what a request allocates, and is used again.
    private readonly TimedSource _timed;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;
    private volatile bool _isDisposed;

    public AttemptDeadline(TimeProvider time, CancellationToken caller)
    {
        (_time, _caller) = (time, caller);
        _timed = time == TimeProvider.System && Spares<TimedSource>.TryTake(out var spare) ? spare : new TimedSource(time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _timed.Source);
    }

    public CancellationToken Token => _timed.Source.Token;

    /// <summary>When everything has to be over, by the monotonic clock, until <see cref="Lift"/>.</summary>
    public long Ends { get; set; } = long.MaxValue;

    /// <summary>Set when nobody can be listening to the token any more: after a failed or abandoned call a connection may.</summary>
    public bool MayBeReused { get; set; }

    /// <summary>Whether it was the caller who cancelled: that is no failure of the provider.</summary>
    public bool IsCallers => _caller.IsCancellationRequested;

    public void Start(TimeSpan timeout) => _timed.Timer.Start(timeout, Ends);

    /// <summary>Comes too late when the attempt was abandoned in the middle of a read.</summary>
    public void Stop()
    {
        if (!_isDisposed)
        {
            _timed.Timer.Stop();
        }
    }

    /// <summary>There is an answer: from now on only what is started anew limits it.</summary>
    public void Lift()
    {
        Ends = long.MaxValue;
        Stop();
    }

    public void Dispose()
    {
        _isDisposed = true;

        // Waits for a cancellation under way, so that none can meet the source's next user.
        _registration.Dispose();
        if (!(_timed.Timer.Stop() && MayBeReused && _time == TimeProvider.System && _timed.Source.TryReset() && Spares<TimedSource>.TryPut(_timed)))
        {
            _timed.Timer.Dispose();
        }
    }

    /// <summary>A source that a timer cancels. Without a timer or a handle of its own it has nothing to dispose of.</summary>
    private sealed class TimedSource
    {
        public TimedSource(TimeProvider time) => Timer = new RestingTimer(time, Source.Cancel);

        public CancellationTokenSource Source { get; } = new();

        public RestingTimer Timer { get; }
    }
}
