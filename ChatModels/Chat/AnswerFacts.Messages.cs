using System.Text;

namespace ChatModels.Chat;

/// <summary>The same in Anthropic's wire format: a whole message, or the events of a stream.</summary>
internal partial struct AnswerFacts
{
    /// <summary>Reads one JSON object of Anthropic's. False when it is not one.</summary>
    public bool TryReadMessage(ReadOnlySpan<byte> json, out ObjectKind kind)
    {
        var scanner = new JsonScanner(json);
        kind = ObjectKind.Other;
        if (!scanner.TryTake((byte)'{'))
        {
            return false;
        }

        ReadOnlySpan<byte> type = default;
        if (!TryReadMessageMembers(ref scanner, ref type) || !scanner.AtEnd())
        {
            return false;
        }

        kind = KindOf(type);
        _started |= kind == ObjectKind.Answer ? 1u : 0u;
        _finished |= kind == ObjectKind.End ? 1u : 0u;
        return true;
    }

    private static ObjectKind KindOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("message_stop"u8) ? ObjectKind.End
        : type.SequenceEqual("error"u8) ? ObjectKind.Error
        : type.StartsWith("message"u8) || type.StartsWith("content_block"u8) ? ObjectKind.Answer
        : ObjectKind.Other;

    private bool TryReadMessageMembers(ref JsonScanner scanner, scoped ref ReadOnlySpan<byte> type)
    {
        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            if (!TryReadMessageMember(ref scanner, name, ref type))
            {
                return false;
            }
        }

        return !scanner.Broken;
    }

    private bool TryReadMessageMember(ref JsonScanner scanner, scoped ReadOnlySpan<byte> name, scoped ref ReadOnlySpan<byte> type)
    {
        var next = scanner.Peek();
        if (name.SequenceEqual("type"u8) && next == '"')
        {
            return scanner.TryString(out type, out _);
        }

        if ((name.SequenceEqual("delta"u8) || name.SequenceEqual("content_block"u8)) && next == '{')
        {
            return TryReadDelta(ref scanner);
        }

        if (name.SequenceEqual("usage"u8) && next == '{')
        {
            return TryReadMessageUsage(ref scanner);
        }

        if (name.SequenceEqual("message"u8) && next == '{')
        {
            scanner.TryTake((byte)'{');
            ReadOnlySpan<byte> ignored = default;
            var read = TryReadMessageMembers(ref scanner, ref ignored);

            // At the start of a stream the output is a guess; the end says how much it was.
            Usage = Usage is { Input: > 0 } usage ? usage with { Output = null } : null;
            return read;
        }

        if (next == '"' && (name.SequenceEqual("id"u8) || name.SequenceEqual("model"u8) || name.SequenceEqual("stop_reason"u8)))
        {
            return TryReadMessageText(ref scanner, name);
        }

        return scanner.TrySkipValue();
    }

    private bool TryReadMessageText(ref JsonScanner scanner, scoped ReadOnlySpan<byte> name)
    {
        if (!scanner.TryString(out var text, out _))
        {
            return false;
        }

        HasContent |= name[0] == (byte)'s';
        if (CountsOnly)
        {
            return true;
        }

        switch (name[0])
        {
            case (byte)'i':
                Id ??= Encoding.UTF8.GetString(text);
                break;
            case (byte)'m':
                Model ??= Encoding.UTF8.GetString(text);
                break;
            default:
                Finish(text);
                break;
        }

        return true;
    }

    /// <summary>Walks the delta or the first state of a content block, or the delta of the message: its type is no content, nor are nulls, empty strings and empty objects.</summary>
    private bool TryReadDelta(ref JsonScanner scanner)
    {
        var first = true;
        scanner.TryTake((byte)'{');
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var next = scanner.Peek();
            var start = scanner.Position;
            if (name.SequenceEqual("stop_reason"u8) && next == '"' ? !TryReadMessageText(ref scanner, name) : !scanner.TrySkipValue())
            {
                return false;
            }

            HasContent |= !name.SequenceEqual("type"u8) && next != 'n' && scanner.Position - start > 2;
        }

        return !scanner.Broken;
    }

    private bool TryReadMessageUsage(ref JsonScanner scanner)
    {
        var usage = Usage ?? default;
        var read = UsageReader.TryReadMessages(ref scanner, ref usage);

        // No prompt has no tokens: a translation had to write numbers, and knew none.
        Usage = usage is { Input: 0 or null, Output: 0 or null } ? null : usage;
        return read;
    }
}
