using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>A reply as a stream to read from; disposing it disposes the reply.</summary>
internal sealed class ReplyStream(ChatReply reply) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _unread;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unread.IsEmpty)
        {
            _unread = await reply.ReadAsync(cancellationToken).ConfigureAwait(false);

            // In process there is no need to say it in band: the reader gets the exception itself.
            if (reply.BrokenOff is { } failure && _unread.Span.StartsWith("data: {\"error\""u8))
            {
                throw failure.ToException();
            }
        }

        var count = int.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await reply.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Nothing in a reply waits when it is disposed but the closing of an upstream connection, which nobody has to wait for.
            _ = reply.DisposeAsync().AsTask();
        }

        base.Dispose(disposing);
    }
}
