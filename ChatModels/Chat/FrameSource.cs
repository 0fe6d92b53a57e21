using System.Runtime.CompilerServices;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>Reads a stream's frames from its upstream: on while the last ones go out, and no read longer than the idle timeout.</summary>
/// <remarks>One read at a time. A read's failure is its result; only the caller's own cancellation is thrown.</remarks>
internal sealed class FrameSource(Stream body, Deployment deployment, AttemptDeadline deadline, TimeSpan idleTimeout) : IDisposable
{
    private static readonly TimeSpan EndOfBodyWait = TimeSpan.FromMilliseconds(100);

    private ValueTask<ChatFailure?> _ahead;

    public SseFrameReader Frames { get; } = new(body);

    /// <summary>Whether a read was begun ahead and not yet taken.</summary>
    public bool IsAhead { get; private set; }

    /// <summary>Whether the body has ended.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>How many reads have brought something.</summary>
    public int Arrivals { get; private set; }

    /// <summary>Begins a read; true when it has ended already.</summary>
    public bool ReadAhead()
    {
#pragma warning disable CA2012 // Kept in a field on purpose: TakeAheadAsync is where it is awaited, once.
        _ahead = FillAsync();
#pragma warning restore CA2012
        IsAhead = true;
        return _ahead.IsCompleted;
    }

    /// <summary>Waits for the read that was begun ahead.</summary>
    public ValueTask<ChatFailure?> TakeAheadAsync()
    {
        IsAhead = false;
        return _ahead;
    }

    /// <summary>Reads more. Null: it did, or the body has ended.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatFailure?> FillAsync()
    {
        var filling = Frames.FillAsync(deadline.Token);
        var hasToWait = !filling.IsCompleted;
        try
        {
            if (hasToWait)
            {
                deadline.Start(idleTimeout);
            }

            IsAtEnd = !await filling.ConfigureAwait(false);
            Arrivals++;
            return null;
        }
        catch (Exception e) when (!(e is OperationCanceledException && deadline.IsCallers) && UpstreamErrors.MidwayFrom(e, deployment, idleTimeout) is { } failure)
        {
            return failure;
        }
        finally
        {
            if (hasToWait)
            {
                deadline.Stop();
            }
        }
    }

    /// <summary>The end of the body comes behind that of the answer, often a moment later. With it read, the connection serves the next request; without, it is closed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReadToEndAsync()
    {
        if (IsAtEnd)
        {
            return;
        }

        IsAtEnd = true;
        try
        {
            deadline.Start(EndOfBodyWait);
            await Frames.FillAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (UpstreamErrors.From(e, deployment) is not null && !deadline.IsCallers)
        {
            // The client has the whole answer: only the connection is lost.
        }
        finally
        {
            deadline.Stop();
        }
    }

    /// <summary>A read that is still under way is left its buffer until it has ended; whoever disposes has closed its connection.</summary>
    public void Dispose()
    {
        if (IsAhead)
        {
            _ = DisposeAfterReadAsync();
        }
        else
        {
            Frames.Dispose();
        }
    }

    private async Task DisposeAfterReadAsync()
    {
        await ((Task)TakeAheadAsync().AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Frames.Dispose();
    }
}
