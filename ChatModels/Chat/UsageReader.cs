namespace ChatModels.Chat;

/// <summary>Reads the usage object of an answer.</summary>
internal static class UsageReader
{
    public static bool TryRead(ref JsonScanner scanner, out TokenUsage usage)
    {
        usage = default;
        long? input = null, output = null, cached = null, reasoning = null;
        var first = true;
        scanner.TryTake((byte)'{');
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var read = name switch
            {
                _ when name.SequenceEqual("prompt_tokens"u8) => scanner.TryReadInteger(out input),
                _ when name.SequenceEqual("completion_tokens"u8) => scanner.TryReadInteger(out output),
                _ when name.SequenceEqual("prompt_tokens_details"u8) => TryReadDetail(ref scanner, "cached_tokens"u8, out cached),
                _ when name.SequenceEqual("completion_tokens_details"u8) => TryReadDetail(ref scanner, "reasoning_tokens"u8, out reasoning),
                _ => scanner.TrySkipValue(),
            };
            if (!read)
            {
                return false;
            }
        }

        usage = new TokenUsage(input, output, cached, reasoning);
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
