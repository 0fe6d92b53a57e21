using System.Runtime.CompilerServices;
using ChatModels.Chat.Routing;

namespace ChatModels.Chat;

/// <summary>A stream whose headers could not be held back any longer: comments keep it open while deployments are still being tried, then comes whatever came of that.</summary>
internal sealed class HeldReply : ChatReply
{
    private static readonly byte[] KeepAlive = ": keep-alive\n\n"u8.ToArray();

    private readonly Task<ChatReply> _routing;
    private readonly ChatCall _call;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private bool _isOpen;
    private bool _hasFailed;

    private HeldReply(Task<ChatReply> routing, in ChatCall call, TimeSpan interval, TimeProvider time)
    {
        (_routing, _call, _interval, _time) = (routing, call, interval, time);
        IsStream = true;
    }

    public override ChatFailure? BrokenOff => Inner is { } inner ? inner.Failure ?? inner.BrokenOff : null;

    public override bool HoldsRequest => Inner is not { } inner || inner.HoldsRequest;

    public override bool IsLast => Inner is { IsLast: true };

    private ChatReply? Inner => _routing.IsCompletedSuccessfully ? _routing.Result : null;

    /// <summary>The reply itself where it comes in time, else one that is held open for it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ChatReply> AfterAsync(ValueTask<ChatReply> routing, RequestRun run, ChatPathOptions options, TimeProvider time)
    {
        var wait = ReplyWait.For(routing, time);
        return await wait.ForAsync(options.HeaderHold).ConfigureAwait(false)
            ? wait.Take()
            : new HeldReply(wait.TakeAsync(), run.Request.Call, options.KeepAliveInterval, time) { Route = run.Route };
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_routing.IsCompleted)
        {
            if (!_isOpen)
            {
                _isOpen = true; // The first comment takes the headers along.
                return KeepAlive;
            }

            await ((Task)_routing).WaitAsync(_interval, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (!_routing.IsCompleted)
            {
                return KeepAlive;
            }
        }

        var reply = await _routing.ConfigureAwait(false);
        return reply.Failure is { } failure ? Tell(failure) : await reply.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_routing.IsCompleted)
        {
            await DisposeInnerAsync().ConfigureAwait(false);
        }
        else
        {
            // Whoever leaves cancels; the routing then ends by itself, and takes what it holds along.
            _ = DisposeInnerAsync();
        }
    }

    private ReadOnlyMemory<byte> Tell(ChatFailure failure)
    {
        var isFirst = !_hasFailed;
        _hasFailed = true;
        return isFirst ? ErrorBody.AsEvent(_call, failure) : default;
    }

    private async Task DisposeInnerAsync()
    {
        await ((Task)_routing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Inner is { } inner)
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }
    }
}
