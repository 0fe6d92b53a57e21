using ChatModels.Chat.Health;

namespace ChatModels.Chat;

/// <summary>Cancels an attempt when the caller goes away, or when what is awaited takes too long.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;

    public AttemptDeadline(TimeProvider time, CancellationToken caller)
    {
        (_time, _caller) = (time, caller);
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>When everything has to be over, by the monotonic clock, until <see cref="Lift"/>.</summary>
    public long Ends { get; set; } = long.MaxValue;

    /// <summary>Whether it was the caller who cancelled: that is no failure of the provider.</summary>
    public bool IsCallers => _caller.IsCancellationRequested;

    public void Start(TimeSpan timeout) => _source.CancelAfter(Ends == long.MaxValue ? timeout : timeout.OrShorter(_time.TimeUntil(Ends)));

    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>There is an answer: from now on only what is started anew limits it.</summary>
    public void Lift()
    {
        Ends = long.MaxValue;
        Stop();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
