namespace ChatModels.Chat;

/// <summary>Reads the usage object of an answer.</summary>
internal static class UsageReader
{
    public static bool TryRead(ref JsonScanner scanner, out TokenUsage usage)
    {
        usage = default;
        long? input = null, output = null, cached = null, created = null, reasoning = null;
        var first = true;
        scanner.TryTake((byte)'{');
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var read = name switch
            {
                _ when name.SequenceEqual("prompt_tokens"u8) => scanner.TryReadInteger(out input),
                _ when name.SequenceEqual("completion_tokens"u8) => scanner.TryReadInteger(out output),
                _ when name.SequenceEqual("prompt_tokens_details"u8) => TryReadPromptDetails(ref scanner, out cached, out created),
                _ when name.SequenceEqual("completion_tokens_details"u8) => TryReadDetail(ref scanner, "reasoning_tokens"u8, out reasoning),
                _ => scanner.TrySkipValue(),
            };
            if (!read)
            {
                return false;
            }
        }

        usage = new TokenUsage(input, output, cached, reasoning, created);
        return !scanner.Broken;
    }

    /// <summary>Reads Anthropic's usage object on top of what was known: its counts are cumulative, and an event has only some of them.</summary>
    public static bool TryReadMessages(ref JsonScanner scanner, ref TokenUsage usage)
    {
        long? input = null, created = null, cached = null, output = null, thinking = null;
        var first = true;
        scanner.TryTake((byte)'{');
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var read = name switch
            {
                _ when name.SequenceEqual("input_tokens"u8) => scanner.TryReadInteger(out input),
                _ when name.SequenceEqual("output_tokens"u8) => scanner.TryReadInteger(out output),
                _ when name.SequenceEqual("cache_read_input_tokens"u8) => scanner.TryReadInteger(out cached),
                _ when name.SequenceEqual("cache_creation_input_tokens"u8) => scanner.TryReadInteger(out created),
                _ when name.SequenceEqual("output_tokens_details"u8) => TryReadDetail(ref scanner, "thinking_tokens"u8, out thinking),
                _ => scanner.TrySkipValue(),
            };
            if (!read)
            {
                return false;
            }
        }

        var known = usage;
        input ??= known.Input - (known.CachedInput ?? 0) - (known.CacheCreation ?? 0);
        cached ??= known.CachedInput;
        created ??= known.CacheCreation;
        usage = new TokenUsage(input + (cached ?? 0) + (created ?? 0), output ?? known.Output, cached, thinking ?? known.Reasoning, created);
        return !scanner.Broken;
    }

    private static bool TryReadPromptDetails(ref JsonScanner scanner, out long? cached, out long? created)
    {
        cached = created = null;
        if (!scanner.TryTake((byte)'{'))
        {
            return scanner.TrySkipValue();
        }

        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            if (!(name.SequenceEqual("cached_tokens"u8) ? scanner.TryReadInteger(out cached)
                // Not OpenAI's: a translation from Anthropic's protocol says it here.
                : name.SequenceEqual("cache_creation_tokens"u8) ? scanner.TryReadInteger(out created)
                : scanner.TrySkipValue()))
            {
                return false;
            }
        }

        return !scanner.Broken;
    }

    private static bool TryReadDetail(ref JsonScanner scanner, ReadOnlySpan<byte> wanted, out long? value)
    {
        value = null;
        if (!scanner.TryTake((byte)'{'))
        {
            return scanner.TrySkipValue();
        }

        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            if (!(name.SequenceEqual(wanted) ? scanner.TryReadInteger(out value) : scanner.TrySkipValue()))
            {
                return false;
            }
        }

        return !scanner.Broken;
    }
}
