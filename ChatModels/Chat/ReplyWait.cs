using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace ChatModels.Chat;

/// <summary>Waits for a reply, but only for so long; one that comes in time has cost no task, no timer and no promise.</summary>
/// <remarks>For one waiter: first <see cref="ForAsync"/>, once, then <see cref="Take"/> where it said true, else <see cref="TakeAsync"/>.</remarks>
internal sealed class ReplyWait : IValueTaskSource<bool>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Action _arrive;
    private readonly RestingTimer _timer;
    private readonly bool _isSystems;
    private ConfiguredValueTaskAwaitable<ChatReply>.ConfiguredValueTaskAwaiter _reply;
    private ManualResetValueTaskSourceCore<bool> _wait;
    private bool _isWaiting;
    private bool _hasArrived;

    private ReplyWait(TimeProvider time)
    {
        _isSystems = time == TimeProvider.System;
        _timer = new RestingTimer(time, () => End(hasArrived: false));
        _arrive = () => End(hasArrived: true);
    }

    public static ReplyWait For(ValueTask<ChatReply> reply, TimeProvider time)
    {
        var wait = time == TimeProvider.System && Spares<ReplyWait>.TryTake(out var spare) ? spare : new ReplyWait(time);
        wait._reply = reply.ConfigureAwait(false).GetAwaiter();
        return wait;
    }

    /// <summary>Waits; false when that took too long.</summary>
    public ValueTask<bool> ForAsync(TimeSpan limit)
    {
        Begin();
        _timer.Start(limit);
        _reply.UnsafeOnCompleted(_arrive);
        return new ValueTask<bool>(this, _wait.Version);
    }

    /// <summary>The reply, which has come in time. The wait is over: it may serve another request.</summary>
    public ChatReply Take()
    {
        var reply = _reply;
        _reply = default;
        var isInTime = _timer.Stop();
        _hasArrived = false;
        if (!(isInTime && _isSystems && Spares<ReplyWait>.TryPut(this)))
        {
            Dispose();
        }

        return reply.GetResult();
    }

    /// <summary>Waits on, for as long as it takes.</summary>
    public async Task<ChatReply> TakeAsync()
    {
        Dispose();
        if (!Begin())
        {
            await new ValueTask<bool>(this, _wait.Version).ConfigureAwait(false);
        }

        return _reply.GetResult();
    }

    public void Dispose() => _timer.Dispose();

    bool IValueTaskSource<bool>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    // True: it has arrived already.
    private bool Begin()
    {
        lock (_lock)
        {
            _wait.Reset();
            _isWaiting = !_hasArrived;
            return _hasArrived;
        }
    }

    private void End(bool hasArrived)
    {
        lock (_lock)
        {
            _hasArrived |= hasArrived;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _wait.SetResult(hasArrived);
    }
}
