using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ChatModels.Providers.Http.Plain;

/// <summary>One connection: one request at a time, and what has been received and not yet been used.</summary>
/// <remarks>Used by one request at a time; only <see cref="Dispose"/> may come from elsewhere, and ends whatever is under way.</remarks>
internal sealed class Http1Connection(Socket socket, long opened) : IDisposable
{
    private const int BufferSize = 8 * 1024;
    private const int LongestHead = 64 * 1024;

    private byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private Task _sending = Task.CompletedTask;
    private volatile bool _isAborted;

    /// <summary>By the monotonic clock.</summary>
    public long Opened { get; } = opened;

    /// <summary>By the monotonic clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>The thread on which the last answer's end was seen.</summary>
    public int LastThread { get; set; }

    /// <summary>Whether nothing has come that nobody asked for: an end of the stream, most likely.</summary>
    public bool IsAlive => !_isAborted && !socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Whether the last request is out and nobody has aborted: then another one may follow.</summary>
    public bool IsReusable => !_isAborted && _sending.IsCompletedSuccessfully && _start == _end;

    public ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    public void Use(int count) => _start += count;

    /// <summary>Aborts the connection when <paramref name="cancellationToken"/> is cancelled, which is the only way to stop a socket's read without paying for it each time.</summary>
    public CancellationTokenRegistration AbortOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static connection => ((Http1Connection)connection!).Dispose(), this);

    /// <summary>Nobody is waited for: a cancellation that has begun will end the connection, which therefore is not used again.</summary>
    public void EndWatch(CancellationTokenRegistration watch)
    {
        if (watch.Token.CanBeCanceled && !watch.Unregister())
        {
            _isAborted = true;
        }
    }

    /// <summary>Sends head and body at once where the body is short. The body's bytes are free again when this returns.</summary>
    public bool TrySendWhole(ArraySegment<byte> head, RequestBody body, out ValueTask sent)
    {
        _sending = Task.CompletedTask;
        var (array, length) = (head.Array!, head.Count + body.Length);
        if (length > array.Length || body.Length > HeadWriter.LongestTogether)
        {
            sent = default;
            return false;
        }

        body.CopyTo(array.AsSpan(head.Count));
        sent = SendAsync(array, length);
        return true;
    }

    /// <summary>Begins to send a long body; its end is known by <see cref="IsReusable"/>.</summary>
    public void BeginSend(ArraySegment<byte> head, RequestBody body) => _sending = SendLongAsync(head, body);

    /// <summary>Reads the head of the final answer; false while there is not enough of it.</summary>
    public bool TryReadHead(out ResponseHead head)
    {
        while (ResponseHead.TryParse(Received, out head, out var length))
        {
            Use(length);
            if (!head.IsInterim)
            {
                return true;
            }
        }

        return Received.Length < LongestHead
            ? false
            : throw new InvalidDataException($"The answer's head has more than {LongestHead} bytes.");
    }

    /// <summary>Receives more behind what is there; what comes has to be <see cref="Take">taken</see>.</summary>
    public ValueTask<int> ReceiveAsync()
    {
        MakeRoom();
        return socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
    }

    /// <summary>Takes what was received.</summary>
    /// <exception cref="IOException">The other end has closed the connection.</exception>
    public void Take(int received)
    {
        if (received == 0)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The connection was closed before the answer was complete.");
        }

        _end += received;
    }

    /// <summary>Receives straight into somebody's memory; 0 at the end of the stream. Only when nothing is left of what was received.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> memory) => socket.ReceiveAsync(memory, SocketFlags.None);

    public void Dispose()
    {
        _isAborted = true;
        socket.Dispose();
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_end == _buffer.Length && _start > 0)
        {
            Received.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2); // a long head: TryReadHead says how long at most
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(byte[] array, int length)
    {
        // Nearly always at once, and all of it.
        for (var sent = 0; sent < length;)
        {
            sent += await socket.SendAsync(array.AsMemory(sent, length - sent), SocketFlags.None).ConfigureAwait(false);
        }

        ArrayPool<byte>.Shared.Return(array);
    }

    private async Task SendLongAsync(ArraySegment<byte> head, RequestBody body)
    {
        try
        {
            using var output = new SocketWriter(socket, head);
            await body.WriteToAsync(output, CancellationToken.None).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(head.Array!);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // What the upstream has to say about it, if anything, is what the reader finds; the connection is not used again.
            _isAborted = true;
        }
    }
}
