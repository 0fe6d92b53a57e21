using System.Text.RegularExpressions;
using Xunit;

namespace ChatModels.Tests.Architecture;

/// <summary>What was asked for is tested: each row of the requirements is named by a test, in whatever project.</summary>
public sealed partial class RequirementsTests
{
    private static readonly Lazy<HashSet<string>> Named = new(() => [.. Sources().SelectMany(file => Trait().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)]);

    [Theory]
    [InlineData("FR", 1, 7)]
    [InlineData("FR", 11, 11)]
    [InlineData("FR", 13, 22)]
    [InlineData("NFR", 1, 8)]
    [InlineData("NFR", 10, 10)]
    public void EachRow_IsNamedByATest(string kind, int first, int last)
    {
        var rows = Enumerable.Range(first, last - first + 1).Select(number => $"{kind}-{number:000}");

        Assert.Empty(rows.Except(Named.Value));
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(ArrowsTests.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex(@"\[Trait\(""Requirement"", ""(N?FR-\d{3})""\)\]")]
    private static partial Regex Trait();
}
