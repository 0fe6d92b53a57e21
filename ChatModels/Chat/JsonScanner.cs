using System.Buffers;

namespace ChatModels.Chat;

/// <summary>Walks JSON and checks its grammar without reading the values: strings, where prompts are, are crossed by vectorised search.</summary>
/// <remarks>
/// Utf8JsonReader costs 1.0-1.6 ns a byte as soon as a string has escapes, which every real prompt has; on 100 KB that is more than the rest of the path.
/// Whether the bytes are UTF-8 is not checked here.
/// </remarks>
internal ref partial struct JsonScanner(ReadOnlySpan<byte> json)
{
    /// <summary>How deep arrays and objects may nest: tool schemas go past the 64 that System.Text.Json allows by default.</summary>
    public const int MaxDepth = 256;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>Where the next byte is read, or where the grammar was broken.</summary>
    public int Position { get; private set; }

    /// <summary>Whether an object or array that was walked member by member did not end as it should.</summary>
    public bool Broken { get; private set; }

    /// <summary>Makes what is walked <see cref="Broken"/>.</summary>
    public void Break() => Broken = true;

    /// <summary>The next byte that is not white space, not consumed; 0 at the end.</summary>
    public byte Peek()
    {
        var position = Position;
        while (position < _json.Length && _json[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            position++;
        }

        Position = position;
        return position < _json.Length ? _json[position] : (byte)0;
    }

    /// <summary>Consumes <paramref name="expected"/> if it is the next byte that is not white space.</summary>
    public bool TryTake(byte expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Crosses a string and returns what stands between its quotes, escapes as they are.</summary>
    public bool TryString(out ReadOnlySpan<byte> content, out bool escaped)
    {
        content = default;
        escaped = false;
        if (!TryTake((byte)'"'))
        {
            return false;
        }

        var start = Position;
        while (true)
        {
            var stop = _json[Position..].IndexOfAny(StringStops);
            if (stop < 0)
            {
                Position = _json.Length;
                return false;
            }

            Position += stop;
            switch (_json[Position])
            {
                case (byte)'"':
                    content = _json[start..Position];
                    Position++;
                    return true;
                case (byte)'\\' when TryEscape():
                    escaped = true;
                    break;
                default:
                    return false;
            }
        }
    }

    /// <summary>Crosses what is known to be one value, by its length.</summary>
    public void Skip(int length) => Position += length;

    /// <summary>Crosses one value of any kind.</summary>
    /// <param name="above">How many objects and arrays it stands in that count as its depth.</param>
    public bool TrySkipValue(int above = 0) => Peek() is (byte)'{' or (byte)'[' ? TrySkipNested(MaxDepth - above) : TryScalar();

    private bool TrySkipNested(int maxDepth)
    {
        Span<bool> objects = stackalloc bool[MaxDepth];
        var depth = 0;
        while (true)
        {
            var opened = false;
            switch (Peek())
            {
                case (byte)'{' or (byte)'[':
                    if (depth >= maxDepth)
                    {
                        return false;
                    }

                    objects[depth++] = _json[Position++] == '{';
                    opened = true;
                    break;
                default:
                    if (!TryScalar())
                    {
                        return false;
                    }

                    break;
            }

            // What may follow: the first member of what was opened, the next one, or any number of closings.
            while (depth > 0)
            {
                var isObject = objects[depth - 1];
                if (TryTake(isObject ? (byte)'}' : (byte)']'))
                {
                    depth--;
                    opened = false;
                    continue;
                }

                if (!opened && !TryTake((byte)','))
                {
                    return false;
                }

                if (isObject && !(TryString(out _, out _) && TryTake((byte)':')))
                {
                    return false;
                }

                break;
            }

            if (depth == 0)
            {
                return true;
            }
        }
    }

    /// <summary>Moves to the next member of the object whose brace was taken; false behind its closing brace, and when the grammar is broken (<see cref="Broken"/>).</summary>
    public bool NextMember(ref bool first, out ReadOnlySpan<byte> name, out bool escaped)
    {
        name = default;
        escaped = false;
        if (!NextItem(ref first, (byte)'}'))
        {
            return false;
        }

        Broken = !TryString(out name, out escaped) || !TryTake((byte)':');
        return !Broken;
    }

    /// <summary>Moves to the next item of what was opened; false behind its <paramref name="close"/>, and when the grammar is broken (<see cref="Broken"/>).</summary>
    public bool NextItem(ref bool first, byte close)
    {
        if (TryTake(close))
        {
            // A comma and then the end: caught because the item after a comma is read before the end is looked for.
            return false;
        }

        Broken = !first && !TryTake((byte)',');
        first = false;
        return !Broken;
    }

    /// <summary>Whether nothing but white space is left.</summary>
    public bool AtEnd()
    {
        Peek();
        return Position == _json.Length;
    }
}
