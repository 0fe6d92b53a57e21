namespace ChatModels.Chat;

/// <summary>Crosses the messages and sees on the way what is in them besides text: the one pass over the body is enough for that.</summary>
internal ref partial struct ChatRequestReader
{
    /// <summary>Content may stand in content, as in a tool's result; nobody goes deeper than this.</summary>
    private const int MaxContentDepth = 4;

    private bool TryReadMessages() => TryReadParts(depth: 0);

    /// <summary>Crosses a message or one of its parts: both have a type, or content with parts in it.</summary>
    private bool TryReadPart(int depth)
    {
        var above = 1 + (2 * depth);
        if (!_json.TryTake((byte)'{'))
        {
            return _json.TrySkipValue(above);
        }

        var first = true;
        while (_json.NextMember(ref first, out var name, out var escaped))
        {
            if (!TryReadPartMember(escaped ? Unescape(name) : name, depth, above + 1))
            {
                return false;
            }
        }

        return !_json.Broken;
    }

    private bool TryReadPartMember(scoped ReadOnlySpan<byte> name, int depth, int above)
    {
        var next = _json.Peek();
        if (next == '"' && depth > 0 && name.SequenceEqual("type"u8))
        {
            return TryReadPartType();
        }

        return next == '[' && depth < MaxContentDepth && name.SequenceEqual("content"u8) ? TryReadParts(depth + 1)
            : next == '{' && depth is > 0 and < MaxContentDepth && name.SequenceEqual("source"u8) ? TryReadPart(depth + 1)
            : _json.TrySkipValue(above);
    }

    private bool TryReadParts(int depth)
    {
        var first = true;
        _json.TryTake((byte)'[');
        while (_json.NextItem(ref first, (byte)']'))
        {
            if (!TryReadPart(depth))
            {
                return false;
            }
        }

        return !_json.Broken;
    }

    /// <summary>OpenAI's parts and Anthropic's blocks have names of their own, and servers that speak either take some of both.</summary>
    private bool TryReadPartType()
    {
        if (!_json.TryString(out var type, out var escaped))
        {
            return false;
        }

        var name = escaped ? Unescape(type) : type;
        _hasImages |= name.SequenceEqual("image_url"u8) || name.SequenceEqual("image"u8);
        _hasAudio |= name.SequenceEqual("input_audio"u8);
        return true;
    }
}
