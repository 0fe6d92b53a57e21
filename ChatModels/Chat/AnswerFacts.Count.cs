namespace ChatModels.Chat;

/// <summary>The same of a count of a prompt's tokens: <c>{"input_tokens":7}</c>. Nothing was used, so there is no usage.</summary>
internal partial struct AnswerFacts
{
    /// <summary>Reads an answer to a request that counts tokens. False when it is not JSON.</summary>
    public static bool TryReadCount(ReadOnlySpan<byte> json, out ObjectKind kind)
    {
        var scanner = new JsonScanner(json);
        kind = ObjectKind.Other;
        if (!scanner.TryTake((byte)'{'))
        {
            return false;
        }

        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            long? count = null;
            if (!(name.SequenceEqual("input_tokens"u8) ? scanner.TryReadInteger(out count) : scanner.TrySkipValue()))
            {
                return false;
            }

            kind = count is null ? kind : ObjectKind.Answer;
        }

        return !scanner.Broken && scanner.AtEnd();
    }
}
