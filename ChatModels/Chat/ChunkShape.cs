namespace ChatModels.Chat;

/// <summary>Knows a chunk again that says what one before it said but for its text: nearly all of a stream do, and need no reading.</summary>
/// <remarks>
/// Compared are all bytes before the text and all behind it, so whatever else a chunk says, it has been said and taken in before. What is
/// remembered is at most 1 KiB, and nothing any more once eight chunks in a row were each of a shape of their own.
/// </remarks>
internal struct ChunkShape
{
    private const int Longest = 1024;
    private const int MostMisses = 8;

    private byte[]? _bytes;
    private int _before;
    private int _length;
    private int _misses;

    /// <summary>Whether <paramref name="chunk"/> is the one that was remembered, with another text that is not empty.</summary>
    public bool Fits(ReadOnlySpan<byte> chunk)
    {
        if (_length == 0 || !chunk.StartsWith(_bytes.AsSpan(0, _before)) || !TryText(chunk, _before, out var end) || !chunk[end..].SequenceEqual(_bytes.AsSpan(_before, _length - _before)))
        {
            return false;
        }

        _misses = 0;
        return true;
    }

    /// <summary>Remembers a chunk that was read and found whole.</summary>
    public void Remember(ReadOnlySpan<byte> chunk)
    {
        var name = "\"content\":\""u8;
        var at = chunk.Length <= Longest && _misses < MostMisses ? chunk.IndexOf(name) : -1;
        if (at < 0 || !TryText(chunk, at + name.Length, out var end))
        {
            return;
        }

        // Unescaped quotes stand around strings alone: this is where a member's string begins, whatever the string's depth.
        _misses++;
        _before = at + name.Length;
        _length = _before + chunk.Length - end;
        if (_bytes is null || _bytes.Length < _length)
        {
            _bytes = new byte[_length];
        }

        chunk[.._before].CopyTo(_bytes);
        chunk[end..].CopyTo(_bytes.AsSpan(_before));
    }

    /// <summary>Crosses the text whose first byte stands at <paramref name="start"/>; false where it is empty or no string.</summary>
    private static bool TryText(ReadOnlySpan<byte> chunk, int start, out int end)
    {
        var scanner = new JsonScanner(chunk[(start - 1)..]);
        var isText = scanner.TryString(out var text, out _) && !text.IsEmpty;
        end = start - 1 + scanner.Position;
        return isText;
    }
}
