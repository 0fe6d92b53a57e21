namespace ChatModels.Providers.Simulator;

/// <summary>
/// The simulator's tokens: a word of letters and digits (16 at most; a longer one is several), or any other single character, each with
/// the blanks before it; blanks at the end are one token. Only text counts: images and the frame around a message cost nothing.
/// </summary>
internal static class SimulatorTokens
{
    private const int LongestWord = 16;

    public static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (!text.IsEmpty)
        {
            text = text[LengthOfFirst(text)..];
            count++;
        }

        return count;
    }

    /// <summary>How many characters the first tokens have, at most <paramref name="tokens"/> of them.</summary>
    public static int LengthOf(ReadOnlySpan<char> text, int tokens)
    {
        var length = 0;
        for (; tokens > 0 && length < text.Length; tokens--)
        {
            length += LengthOfFirst(text[length..]);
        }

        return length;
    }

    /// <summary>How many characters the first token of a text that is not empty has. It never splits a surrogate pair.</summary>
    public static int LengthOfFirst(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        var word = start;
        while (word < text.Length && word - start < LongestWord && char.IsLetterOrDigit(text[word]))
        {
            word++;
        }

        if (word > start || start == text.Length)
        {
            return word;
        }

        return start + (char.IsHighSurrogate(text[start]) && start + 1 < text.Length && char.IsLowSurrogate(text[start + 1]) ? 2 : 1);
    }
}
