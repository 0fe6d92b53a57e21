namespace ChatModels.Chat;

/// <summary>A reply as a stream to read from; disposing it disposes the reply.</summary>
internal sealed class ReplyStream(ChatReply reply) : Stream
{
    private ReadOnlyMemory<byte> _unread;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
