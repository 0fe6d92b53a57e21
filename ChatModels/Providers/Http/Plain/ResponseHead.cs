using System.Buffers.Text;
using System.Text;

namespace ChatModels.Providers.Http.Plain;

/// <summary>What is read of an answer's status line and headers; the rest is not meant for us or our caller.</summary>
internal struct ResponseHead
{
    public int Status { get; private set; }

    /// <summary>Length of the body in bytes; null where it is chunked or ends with the connection.</summary>
    public long? ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the connection outlives the answer.</summary>
    public bool KeepsAlive { get; private set; }

    public string? ContentType { get; private set; }

    public string? RetryAfter { get; private set; }

    public string? RequestId { get; private set; }

    /// <summary>Whether the final answer is still to come.</summary>
    public readonly bool IsInterim => Status < 200;

    public readonly bool HasNoBody => Status is 204 or 304;

    /// <summary>Reads a head that is whole; false where it is not. Lines end with CR LF or, as some servers have it, with LF.</summary>
    /// <exception cref="InvalidDataException">It is no head of an HTTP/1.x answer.</exception>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ResponseHead head, out int length)
    {
        head = default;
        length = 0;
        for (var isFirst = true; ; isFirst = false)
        {
            var end = bytes[length..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return false;
            }

            var line = bytes.Slice(length, end);
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            length += end + 1;
            if (line.IsEmpty && !isFirst)
            {
                head.Finish();
                return true;
            }

            if (isFirst)
            {
                head.ReadStatus(line);
            }
            else
            {
                head.ReadHeader(line);
            }
        }
    }

    private void ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3
            || status is < 100 or > 599 or 101 || (line.Length > 12 && line[12] != ' '))
        {
            throw new InvalidDataException("The answer does not begin as an HTTP/1.x answer does.");
        }

        Status = status;
        KeepsAlive = line[7] == '1';
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAny(" \t"u8))
        {
            throw new InvalidDataException("The answer has a header that is none.");
        }

        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        switch (name.Length)
        {
            case 10 when Is(name, "Connection"u8):
                KeepsAlive &= !Has(value, "close"u8);
                break;
            case 10 when RequestId is null && Is(name, "request-id"u8):
                RequestId = Encoding.Latin1.GetString(value);
                break;
            case 11 when Is(name, "Retry-After"u8):
                RetryAfter = Encoding.Latin1.GetString(value);
                break;
            case 12 when Is(name, "Content-Type"u8):
                ContentType = MediaType(value);
                break;
            case 12 when Is(name, "x-request-id"u8):
                RequestId = Encoding.Latin1.GetString(value);
                break;
            case 14 when Is(name, "Content-Length"u8):
                ReadLength(value);
                break;
            case 17 when Is(name, "Transfer-Encoding"u8):
                IsChunked = Is(value, "chunked"u8) && !IsChunked ? true : throw new InvalidDataException("The answer's transfer encoding is not 'chunked'.");
                break;
        }
    }

    private void ReadLength(ReadOnlySpan<byte> value)
    {
        // Digits alone: two lengths that differ, or one with a sign, would let two readers see two answers.
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !Utf8Parser.TryParse(value, out long length, out _) || (ContentLength ?? length) != length)
        {
            throw new InvalidDataException("The answer's Content-Length is not a number, or there are two.");
        }

        ContentLength = length;
    }

    private void Finish()
    {
        if (IsChunked)
        {
            // The encoding stands, says the standard, and what comes behind such an answer is not to be trusted.
            KeepsAlive &= ContentLength is null;
            ContentLength = null;
        }

        ContentLength = HasNoBody ? 0 : ContentLength;
        IsChunked &= !HasNoBody;
        KeepsAlive &= IsChunked || ContentLength is not null;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);

    private static bool Has(ReadOnlySpan<byte> list, ReadOnlySpan<byte> word)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (Is(list[range].Trim(" \t"u8), word))
            {
                return true;
            }
        }

        return false;
    }

    // Nearly all are one of these: no string for each answer.
    private static string MediaType(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("application/json"u8) ? "application/json"
        : value.SequenceEqual("text/event-stream"u8) ? "text/event-stream"
        : value.SequenceEqual("application/json; charset=utf-8"u8) ? "application/json; charset=utf-8"
        : value.SequenceEqual("text/event-stream; charset=utf-8"u8) ? "text/event-stream; charset=utf-8"
        : Encoding.Latin1.GetString(value);
}
