namespace ChatModels.Chat;

/// <summary>Cancels an attempt when the caller goes away, or when what is awaited takes too long.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;

    public AttemptDeadline(TimeProvider time, CancellationToken caller)
    {
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _caller = caller;
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether it was the caller who cancelled: that is no failure of the provider.</summary>
    public bool IsCallers => _caller.IsCancellationRequested;

    public void Start(TimeSpan timeout) => _source.CancelAfter(timeout);

    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
