using System.Collections.Concurrent;
using ChatModels.Chat.Health;

namespace ChatModels.Chat;

/// <summary>Cancels an attempt when the caller goes away, or when what is awaited takes too long.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    private const int MostKept = 256;

    // A source with its timer is a fifth of what a request allocates.
    private static readonly ConcurrentQueue<CancellationTokenSource> Kept = new();

    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;
    private volatile bool _isDisposed;

    public AttemptDeadline(TimeProvider time, CancellationToken caller)
    {
        (_time, _caller) = (time, caller);
        _source = time == TimeProvider.System && Kept.TryDequeue(out var kept) ? kept : new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>When everything has to be over, by the monotonic clock, until <see cref="Lift"/>.</summary>
    public long Ends { get; set; } = long.MaxValue;

    /// <summary>Set when nobody can be listening to the token any more: after a failed or abandoned call a connection may.</summary>
    public bool MayBeReused { get; set; }

    /// <summary>Whether it was the caller who cancelled: that is no failure of the provider.</summary>
    public bool IsCallers => _caller.IsCancellationRequested;

    public void Start(TimeSpan timeout) => _source.CancelAfter(Ends == long.MaxValue ? timeout : timeout.OrShorter(_time.TimeUntil(Ends)));

    /// <summary>Comes too late when the attempt was abandoned in the middle of a read.</summary>
    public void Stop()
    {
        if (!_isDisposed)
        {
            _source.CancelAfter(Timeout.InfiniteTimeSpan);
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
        if (MayBeReused && _time == TimeProvider.System && Kept.Count < MostKept && _source.TryReset())
        {
            Kept.Enqueue(_source);
        }
        else
        {
            _source.Dispose();
        }
    }
}
