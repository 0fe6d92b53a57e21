using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>A client's updates as the bytes of a stream; what is read next is asked for only then.</summary>
internal sealed class UpdateStream(
    IAsyncEnumerator<ChatResponseUpdate> updates, WireChunks chunks, InProcessCall? call, CancellationTokenSource stop, Action<Exception> report) : ReadOnlyStream
{
    private Task<bool> _moving = Task.FromResult(true);
    private ReadOnlyMemory<byte> _unread;
    private bool _ended;
    private bool _disposed;

    /// <summary>Waits for the first update: until then a failure is the answer's status, later it can only break the stream off.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => MoveAsync(cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty && !_ended)
        {
            await SocketThreads.LeaveAsync();
            try
            {
                await MoveAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException and not IOException)
            {
                report(exception);
                throw new IOException("The chat client broke its stream off.", exception);
            }
        }

        var count = int.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_ended)
        {
            call?.Forget();
            await stop.CancelAsync();
        }

        // An iterator can't be disposed while it runs, and one that does not listen to its token would hold whoever waits for it.
        var release = ReleaseAsync();
        if (_moving.IsCompleted)
        {
            await release;
        }

        await base.DisposeAsync();
    }

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        chunks.Clear();
        _moving = updates.MoveNextAsync().AsTask();
        if (await _moving.WaitAsync(cancellationToken))
        {
            chunks.Write(updates.Current);
            call?.Add(updates.Current);
        }
        else
        {
            _ended = true;
            chunks.WriteEnd();
        }

        _unread = chunks.Written;
    }

    private async Task ReleaseAsync()
    {
        await ((Task)_moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await updates.DisposeAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            report(exception); // Of code that is not ours, after its last request has ended.
        }

        stop.Dispose();
    }
}
