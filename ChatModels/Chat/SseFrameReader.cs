using System.Buffers;
using System.Runtime.CompilerServices;

namespace ChatModels.Chat;

/// <summary>Cuts a stream of server-sent events into whole frames, in one pooled buffer; the bytes of a frame are never copied.</summary>
/// <remarks>What <see cref="Frame"/> and <see cref="Pending"/> show is valid until the next <see cref="FillAsync"/>. A frame may have at most 4 MiB.</remarks>
internal sealed class SseFrameReader(Stream stream) : IDisposable
{
    private const int InitialSize = 8 * 1024;
    private const int MaxFrame = 4 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private bool _begun;
    private int _pending;
    private int _position;
    private int _end;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>The frame that <see cref="TryNext"/> found, its blank line included.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>Everything from the first frame not yet <see cref="Release">released</see> to the end of the last one found.</summary>
    public ReadOnlyMemory<byte> Pending => _buffer.AsMemory(_pending, _position - _pending);

    /// <summary>The bytes behind the last frame found.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_position, _end - _position);

    /// <summary>Whether more can be read without a larger buffer.</summary>
    public bool HasRoom => _end - _pending < _buffer.Length;

    /// <summary>Moves to the next frame that is whole in the buffer.</summary>
    public bool TryNext()
    {
        if (!_begun && _end >= ByteOrderMark.Length)
        {
            _begun = true;
            _pending = _position = _buffer.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0; // It means nothing there.
        }

        var length = FrameLength(_buffer.AsSpan(_position, _end - _position));
        if (length == 0)
        {
            return false;
        }

        Frame = _buffer.AsMemory(_position, length);
        _position += length;
        return true;
    }

    /// <summary>What is pending has been used: its room may be taken by what comes.</summary>
    public void Release() => _pending = _position;

    /// <summary>Takes the last frame found out of what is pending. What comes behind it moves up; at the end of a stream, where frames are dropped, that is next to nothing.</summary>
    public void Drop()
    {
        _buffer.AsSpan(_position, _end - _position).CopyTo(_buffer.AsSpan(_position - Frame.Length));
        _position -= Frame.Length;
        _end -= Frame.Length;
    }

    /// <summary>Reads more; false at the end of the stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    /// <summary>The payload of a frame: what follows <c>data:</c>; several such lines are joined by a line feed. Empty when it has none.</summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> data = default;
        foreach (var range in frame.Split((byte)'\n'))
        {
            var line = frame[range];
            if (!line.StartsWith("data:"u8))
            {
                continue;
            }

            var value = line["data:"u8.Length..].TrimEnd((byte)'\r');
            value = value.StartsWith(" "u8) ? value[1..] : value;
            data = data.IsEmpty ? value : (byte[])[.. data, (byte)'\n', .. value];
        }

        return data;
    }

    /// <summary>What makes clients read a frame otherwise than it is read here; null: nothing.</summary>
    /// <remarks>A carriage return alone ends a line for them. A byte order mark is part of a field's name, or nothing to those to whom this frame comes first.</remarks>
    public static string? Ambiguity(ReadOnlySpan<byte> frame) =>
        HasLoneCarriageReturn(frame) ? "whose lines end with a carriage return alone"
        : frame.StartsWith(ByteOrderMark) ? "that begins with a byte order mark"
        : null;

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool HasLoneCarriageReturn(ReadOnlySpan<byte> frame)
    {
        for (var at = frame.IndexOf((byte)'\r'); at >= 0; at = frame.IndexOf((byte)'\r'))
        {
            frame = frame[(at + 1)..];
            if (!frame.StartsWith("\n"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Up to and with the first blank line; 0 when there is none yet. Lines end with LF or CR LF.</summary>
    private static int FrameLength(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (true)
        {
            var line = bytes[position..].IndexOf((byte)'\n');
            if (line < 0)
            {
                return 0;
            }

            position += line + 1;
            var rest = bytes[position..];
            if (rest.StartsWith("\n"u8))
            {
                return position + 1;
            }

            if (rest.StartsWith("\r\n"u8))
            {
                return position + 2;
            }
        }
    }

    private void MakeRoom()
    {
        if (_pending > 0)
        {
            _buffer.AsSpan(_pending, _end - _pending).CopyTo(_buffer);
            _position -= _pending;
            _end -= _pending;
            _pending = 0;
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        if (_end >= MaxFrame)
        {
            throw new InvalidDataException($"An event of the stream has more than {MaxFrame} bytes.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
