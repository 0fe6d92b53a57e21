using System.Runtime.CompilerServices;
using ChatModels.Chat.Routing;

namespace ChatModels.Chat;

/// <summary>The answer of the attempt that succeeded; request and attempt end when it is disposed.</summary>
internal sealed class AttemptReply : ChatReply
{
    private readonly Attempt _attempt;
    private readonly RequestTelemetry? _telemetry;
    private readonly Candidate _candidate;
    private readonly bool _isInside;
    private State _state;

    /// <param name="attempt">The attempt.</param>
    /// <param name="telemetry">The request's.</param>
    /// <param name="candidate">Where the attempt went.</param>
    /// <param name="isInside">Whether it has a place at the provider's gate, to be left with the answer's end.</param>
    public AttemptReply(Attempt attempt, RequestTelemetry? telemetry, Candidate candidate, bool isInside)
    {
        (_attempt, _telemetry, _candidate, _isInside) = (attempt, telemetry, candidate, isInside);
        IsStream = attempt.Chunks is not null;
        Length = attempt.IsComplete ? attempt.Buffer!.Memory.Length : null;
    }

    private enum State
    {
        Unread,
        Reading,
        AtEnd,
        Disposed,
    }

    /// <summary>Why the answer broke off after it had begun; of a stream the caller has read it in band.</summary>
    public override ChatFailure? BrokenOff => _attempt.Chunks is { } chunks ? chunks.Failure : _attempt.BrokenOff;

    /// <summary>Only an answer read to its good end has surely let go, and only if no attempt before it failed in the middle of sending.</summary>
    public override bool HoldsRequest => _state != State.AtEnd || BrokenOff is not null || Route.Attempts > 1 || _attempt.IsSending;

    public override bool IsLast => _attempt.Chunks is { IsAtEnd: true };

    public override decimal? Cost => _attempt.IsComplete ? RequestCost.Of(_candidate.Model.Config.Pricing, _attempt.Usage) : null;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        var bytes = _attempt.Chunks is { } chunks ? await chunks.ReadAsync().ConfigureAwait(false) : await ReadBufferAsync().ConfigureAwait(false);
        _state = bytes.IsEmpty ? State.AtEnd : State.Reading;
        return bytes;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
        {
            return;
        }

        var error = Outcome();
        TellHealth();
        if (!HoldsRequest)
        {
            _attempt.LetGo();
        }

        _state = State.Disposed;
        _attempt.End(error);
        _telemetry?.End(error, Route, RequestCost.Of(_candidate.Model.Config.Pricing, _attempt.Usage), _attempt.Usage?.Output);
        await _attempt.DisposeAsync().ConfigureAwait(false);
        if (_isInside)
        {
            _candidate.Health.Provider.Gate.Leave();
        }
    }

    /// <summary>That it answered is known since it did; how the answer ended only now. A caller who left says nothing about it.</summary>
    private void TellHealth()
    {
        if (BrokenOff is { } failure)
        {
            AttemptRunner.Tell(_candidate.Health, failure, isGone: false, wasTrial: false);
        }
        else if (_attempt.IsComplete || _state == State.AtEnd)
        {
            _candidate.Health.Succeeded();
        }
    }

    /// <summary>An answer that was left before its end was left by the caller, unless it had broken off.</summary>
    private string? Outcome() =>
        BrokenOff?.Code ?? (_state == State.AtEnd || (_attempt.IsComplete && _state == State.Reading) ? null : ErrorCodes.ClientClosed);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> ReadBufferAsync()
    {
        if (_state == State.Unread)
        {
            return _attempt.Buffer!.Memory;
        }

        return !_attempt.IsComplete && _state == State.Reading && await _attempt.RefillAsync().ConfigureAwait(false) ? _attempt.Buffer!.Memory : default;
    }
}
