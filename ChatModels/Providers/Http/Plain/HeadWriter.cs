using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace ChatModels.Providers.Http.Plain;

/// <summary>Writes a request's head into a pooled array, with room behind it for a short body.</summary>
internal ref struct HeadWriter
{
    /// <summary>A body up to this size goes out together with the head, as one copy and one call.</summary>
    public const int LongestTogether = 16 * 1024;

    private const int FirstRoom = 1024;

    private byte[] _buffer;
    private int _length;

    public HeadWriter(int bodyLength) => _buffer = ArrayPool<byte>.Shared.Rent(FirstRoom + (bodyLength <= LongestTogether ? bodyLength : 0));

    public void Write(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>A header. Its value must be what a header can carry: nothing here can be told from the next line otherwise.</summary>
    public void Header(scoped ReadOnlySpan<byte> name, string value)
    {
        if (!ProviderHeaders.IsValue(value))
        {
            throw new ChatModelsException(
                "providers.send", ErrorCodes.InvalidRequest, ErrorCategory.Caller, $"The header '{System.Text.Encoding.ASCII.GetString(name)}' holds characters that a header can't carry; send plain ASCII.");
        }

        var room = Room(name.Length + value.Length + 4);
        name.CopyTo(room);
        ": "u8.CopyTo(room[name.Length..]);
        System.Text.Ascii.FromUtf16(value, room[(name.Length + 2)..], out var written);
        "\r\n"u8.CopyTo(room[(name.Length + 2 + written)..]);
    }

    /// <summary>The span that the request belongs to. What <see cref="Activity.Id"/> says too, as a string that nobody else needs.</summary>
    public void TraceParent(Activity span)
    {
        Write("traceparent: 00-"u8);
        System.Text.Ascii.FromUtf16(span.TraceId.ToHexString(), Room(32), out _);
        Write("-"u8);
        System.Text.Ascii.FromUtf16(span.SpanId.ToHexString(), Room(16), out _);
        Write("-"u8);
        Utf8Formatter.TryFormat((byte)span.ActivityTraceFlags, Room(2), out _, new StandardFormat('x', 2));
        Write("\r\n"u8);
    }

    /// <summary>The whole head; whoever gets it gives the array back once it is sent.</summary>
    public ArraySegment<byte> End(int bodyLength)
    {
        Write("Content-Type: application/json\r\nContent-Length: "u8);
        Utf8Formatter.TryFormat(bodyLength, Room(10), out var digits);
        _length -= 10 - digits;
        Write("\r\n\r\n"u8);
        return new ArraySegment<byte>(_buffer, 0, _length);
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - _length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((_buffer.Length * 2) + length);
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var room = _buffer.AsSpan(_length, length);
        _length += length;
        return room;
    }
}
