using ChatModels.Providers.Simulator;
using Xunit;

namespace ChatModels.Tests.Providers.Simulator;

public sealed class SimulatorTokensTests
{
    [Theory]
    [Trait("Defect", "characters-as-tokens")]
    [InlineData("", "")]
    [InlineData("Hello, world!", "Hello|,| world|!")]
    [InlineData("  a\n\nb  ", "  a|\n\nb|  ")]
    [InlineData("GPT4 costs 3.5", "GPT4| costs| 3|.|5")]
    [InlineData("abcdefghijklmnopqrst", "abcdefghijklmnop|qrst")]
    [InlineData("é🙂👍x", "é|🙂|👍|x")]
    [InlineData("   ", "   ")]
    public void Tokens_OfAText_AreWordsAndSignsWithTheBlanksBeforeThem(string text, string expected)
    {
        var tokens = new List<string>();
        for (var rest = text; rest.Length > 0; rest = rest[tokens[^1].Length..])
        {
            tokens.Add(rest[..SimulatorTokens.LengthOfFirst(rest)]);
        }

        Assert.Equal(expected, string.Join('|', tokens));
        Assert.Equal(tokens.Count, SimulatorTokens.Count(text));
        Assert.Equal(string.Concat(tokens.Take(2)).Length, SimulatorTokens.LengthOf(text, 2));
    }
}
