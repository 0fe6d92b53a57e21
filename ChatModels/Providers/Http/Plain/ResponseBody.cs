using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ChatModels.Providers.Http.Plain;

/// <summary>An answer's body. Read to its end, its connection serves the next request; disposed before, the connection is closed, and the upstream knows.</summary>
internal sealed class ResponseBody : ReadOnlyStream
{
    private readonly Http1Connection _connection;
    private readonly ConnectionPool _pool;
    private readonly bool _keepsAlive;
    private readonly bool _isChunked;
    private ChunkedDecoder _chunks;
    private long _left;
    private State _state;
    private bool _isReceiving;

    public ResponseBody(Http1Connection connection, ConnectionPool pool, in ResponseHead head)
    {
        (_connection, _pool, _keepsAlive, _isChunked) = (connection, pool, head.KeepsAlive, head.IsChunked);
        _left = head.ContentLength ?? long.MaxValue;
        if (_left == 0)
        {
            Finish();
        }
    }

    private enum State
    {
        Reading,
        AtEnd,
        Disposed,
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        return TryTake(buffer.Span, out var taken) || buffer.IsEmpty ? new(taken) : ReceiveAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        // Of a chunked answer only the mark of its end may be left, and be here already.
        if (_isReceiving || (_state == State.Reading && !(_isChunked && TryTake([], out _))))
        {
            _connection.Dispose();
        }

        _state = State.Disposed;
        base.Dispose(disposing);
    }

    /// <summary>Takes what has been received; true when that is something, or the end.</summary>
    private bool TryTake(Span<byte> buffer, out int taken)
    {
        taken = 0;
        if (_state != State.Reading)
        {
            return true;
        }

        var received = _connection.Received;
        if (_isChunked)
        {
            var used = _chunks.Decode(received, buffer, out taken);
            _connection.Use(used);
            if (_chunks.IsAtEnd)
            {
                Finish();
            }

            return taken > 0 || _state == State.AtEnd;
        }

        taken = (int)Math.Min(Math.Min(received.Length, buffer.Length), _left);
        received[..taken].CopyTo(buffer);
        _connection.Use(taken);
        Count(taken);
        return taken > 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _isReceiving = true;
        try
        {
            while (true)
            {
                // Ended before anything is taken: behind its end the connection may be somebody else's.
                var watch = _connection.AbortOn(cancellationToken);
                var taken = 0;
                try
                {
                    if (_isChunked)
                    {
                        _connection.Take(await _connection.ReceiveAsync().ConfigureAwait(false));
                    }
                    else
                    {
                        taken = await _connection.ReceiveAsync(Wanted(buffer)).ConfigureAwait(false);
                    }
                }
                finally
                {
                    _connection.EndWatch(watch);
                }

                ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
                if (!_isChunked)
                {
                    EndOrCount(taken);
                    return taken;
                }

                if (TryTake(buffer.Span, out taken))
                {
                    return taken;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException("The connection broke before the answer was complete.", exception);
        }
        finally
        {
            _isReceiving = false;
        }
    }

    private Memory<byte> Wanted(Memory<byte> buffer) => _left < buffer.Length ? buffer[..(int)_left] : buffer;

    private void EndOrCount(int received)
    {
        if (received > 0)
        {
            Count(received);
        }
        else if (_left == long.MaxValue)
        {
            Finish(); // as long as the connection lasts: nobody can tell a cut answer from a whole one here; its content can
        }
        else
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The connection was closed before the answer was complete.");
        }
    }

    private void Count(int taken)
    {
        if (_left != long.MaxValue && (_left -= taken) == 0)
        {
            Finish();
        }
    }

    private void Finish()
    {
        _state = State.AtEnd;
        if (_keepsAlive && _connection.IsReusable)
        {
            _pool.Return(_connection);
        }
        else
        {
            _connection.Dispose();
        }
    }
}
