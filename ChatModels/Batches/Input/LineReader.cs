using System.Buffers;

namespace ChatModels.Batches.Input;

/// <summary>Reads a file line by line and holds one line of it. Lines end with LF or CRLF; a byte order mark in front is no part of the first.</summary>
internal sealed class LineReader(Stream stream, int mostLineBytes) : IDisposable
{
    private const int FirstSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;
    private long _position = stream.Position;
    private bool _atEnd;

    /// <summary>The line, without its end; valid until the next one is read. Empty where it is too long.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Where the line begins in the file.</summary>
    public long Offset { get; private set; }

    public bool IsTooLong { get; private set; }

    /// <summary>Moves to the next line; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Offset = _position;
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                Take(searched + end, 1);
                return true;
            }

            searched = _end - _start;
            if (searched > mostLineBytes)
            {
                searched = Skip(searched);
            }

            if (_atEnd || !await FillAsync(cancellationToken))
            {
                _atEnd = true;
                var isLine = searched > 0 || IsTooLong;
                Take(searched, 0);
                return isLine;
            }
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Take(int length, int ending)
    {
        var line = _buffer.AsMemory(_start, length);
        line = Offset == 0 && line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line;
        line = line.Span.EndsWith("\r"u8) ? line[..^1] : line;
        IsTooLong |= line.Length > mostLineBytes;
        Line = IsTooLong ? default : line;
        _start += length + ending;
        _position += length + ending;
    }

    // What is read of a line that is too long anyway need not be kept.
    private int Skip(int length)
    {
        IsTooLong = true;
        _start += length;
        _position += length;
        return 0;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
