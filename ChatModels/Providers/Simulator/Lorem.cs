using System.Text;

namespace ChatModels.Providers.Simulator;

/// <summary>Writes text that means nothing, the same for the same number.</summary>
internal static class Lorem
{
    private static readonly string[] Words =
    [
        "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod", "tempor", "incididunt",
        "ut", "labore", "et", "dolore", "magna", "aliqua", "enim", "ad", "minim", "veniam", "quis", "nostrud", "exercitation", "ullamco",
        "laboris", "nisi", "aliquip", "ex", "ea",
    ];

    public static string Write(ulong number)
    {
        var count = 24 + (int)(number % 41);
        var text = new StringBuilder();
        for (var index = 0; index < count; index++)
        {
            number = Next(number);
            var word = Words[(int)(number >> 59)];
            var isFirst = index % 9 == 0;
            text.Append(index == 0 ? "" : isFirst ? ". " : " ").Append(isFirst ? $"{char.ToUpperInvariant(word[0])}{word[1..]}" : word);
        }

        return text.Append('.').ToString();
    }

    // A linear congruential step; its upper bits are good enough for words, and the same on every runtime.
    private static ulong Next(ulong number) => unchecked((number * 6364136223846793005UL) + 1442695040888963407UL);
}
