using System.Buffers.Text;

namespace ChatModels.Chat;

/// <summary>The grammar of what is neither object nor array.</summary>
internal ref partial struct JsonScanner
{
    /// <summary>Crosses one value; gives it where it is a whole number of ordinary size, null where it is anything else.</summary>
    public bool TryReadInteger(out long? value)
    {
        value = null;
        var first = Peek();
        var start = Position;
        if (!TrySkipValue())
        {
            return false;
        }

        if (first is (byte)'-' or (>= (byte)'0' and <= (byte)'9')
            && Utf8Parser.TryParse(_json[start..Position], out long number, out var consumed) && consumed == Position - start)
        {
            value = number;
        }

        return true;
    }

    private bool TryScalar() => Peek() switch
    {
        (byte)'"' => TryString(out _, out _),
        (byte)'t' => TryLiteral("true"u8),
        (byte)'f' => TryLiteral("false"u8),
        (byte)'n' => TryLiteral("null"u8),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => TryNumber(),
        _ => false,
    };

    private bool TryLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_json[Position..].StartsWith(literal))
        {
            return false;
        }

        Position += literal.Length;
        return true;
    }

    private bool TryNumber()
    {
        if (Current == '-')
        {
            Position++;
        }

        if (Current == '0')
        {
            Position++;
        }
        else if (!TryDigits())
        {
            return false;
        }

        if (Current == '.')
        {
            Position++;
            if (!TryDigits())
            {
                return false;
            }
        }

        if (Current is (byte)'e' or (byte)'E')
        {
            Position++;
            if (Current is (byte)'+' or (byte)'-')
            {
                Position++;
            }

            return TryDigits();
        }

        return true;
    }

    private readonly byte Current => Position < _json.Length ? _json[Position] : (byte)0;

    private bool TryDigits()
    {
        var start = Position;
        while (Current is >= (byte)'0' and <= (byte)'9')
        {
            Position++;
        }

        return Position > start;
    }

    private bool TryEscape()
    {
        Position++;
        if (Current == 'u')
        {
            for (var i = 0; i < 4; i++)
            {
                Position++;
                if (!char.IsAsciiHexDigit((char)Current))
                {
                    return false;
                }
            }
        }
        else if (!@"""\/bfnrt"u8.Contains(Current))
        {
            return false;
        }

        Position++;
        return true;
    }
}
