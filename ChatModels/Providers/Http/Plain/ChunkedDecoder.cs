using System.Buffers.Text;

namespace ChatModels.Providers.Http.Plain;

/// <summary>Takes the chunked transfer encoding off a body, wherever its pieces begin and end.</summary>
internal struct ChunkedDecoder
{
    private const int LongestLine = 4 * 1024;
    private const int LongestTrailer = 16 * 1024;

    private Step _step;
    private long _left;
    private int _trailer;

    private enum Step
    {
        Size,
        Data,
        DataEnd,
        Trailer,
        End,
    }

    public readonly bool IsAtEnd => _step == Step.End;

    /// <summary>Decodes as much as is there and has room; says how much of <paramref name="input"/> was used, and how much data came of it.</summary>
    /// <exception cref="InvalidDataException">It is not chunked as the standard says.</exception>
    public int Decode(ReadOnlySpan<byte> input, Span<byte> output, out int written)
    {
        var used = 0;
        written = 0;
        while (_step != Step.End)
        {
            if (_step == Step.Data)
            {
                var length = (int)Math.Min(_left, Math.Min(input.Length - used, output.Length - written));
                input.Slice(used, length).CopyTo(output[written..]);
                (used, written, _left) = (used + length, written + length, _left - length);
                if (_left > 0)
                {
                    break;
                }

                _step = Step.DataEnd;
            }

            if (!TryLine(input[used..], out var line, out var lineLength))
            {
                break;
            }

            used += lineLength;
            Read(line);
        }

        return used;
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        switch (_step)
        {
            case Step.Size:
                _left = SizeOf(line);
                _step = _left == 0 ? Step.Trailer : Step.Data;
                break;
            case Step.DataEnd:
                _step = line.IsEmpty ? Step.Size : throw Invalid();
                break;
            default:
                _trailer += line.Length;
                _step = line.IsEmpty ? Step.End : _trailer <= LongestTrailer ? Step.Trailer : throw Invalid();
                break;
        }
    }

    private static bool TryLine(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line, out int length)
    {
        var end = input.IndexOf((byte)'\n');
        line = end < 0 ? default : input[..end];
        line = line.EndsWith("\r"u8) ? line[..^1] : line;
        length = end + 1;
        return end >= 0 || (input.Length <= LongestLine ? false : throw Invalid());
    }

    private static long SizeOf(ReadOnlySpan<byte> line)
    {
        var semicolon = line.IndexOf((byte)';');
        var digits = (semicolon < 0 ? line : line[..semicolon]).TrimEnd(" \t"u8);
        return digits.Length is > 0 and <= 15 && Utf8Parser.TryParse(digits, out long size, out var read, 'x') && read == digits.Length ? size : throw Invalid();
    }

    private static InvalidDataException Invalid() => new("The answer's body is not chunked as HTTP/1.1 says.");
}
