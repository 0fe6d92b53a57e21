using System.Text.RegularExpressions;
using Xunit;

namespace ChatModels.Tests.Architecture;

/// <summary>What was asked for is tested: each row of the requirements, and each defect of the reference, is named by a test, in whatever project.</summary>
public sealed partial class RequirementsTests
{
    // Each was found in the code that the requirements come from; its test shows that ours does the opposite.
    private static readonly string[] Defects =
    [
        "unlocked-maps", // written under a read lock, and metadata read without one
        "singleton-twice", // built by each of two first callers
        "factory-deadlock", // a factory that registers another one, inside a look-up
        "missing-dependency", // handed on as nothing, without an error
        "registering-health-check", // which adds to and takes from its user's container
        "two-steps", // registration and metadata, one after the other
        "creation-timeout", // configured and thrown away
        "ignored-criteria", // of a search
        "unread-cache", // written to, and everything made anew
        "aliased-metadata", // a copy whose lists are the registry's
        "one-level-of-errors", // of the cause of an error only the first
        "durations-twice", // recorded by two parties
        "characters-as-tokens", // counted
    ];

    private static readonly Lazy<ILookup<string, string>> Named = new(() => Sources()
        .SelectMany(file => Trait().Matches(File.ReadAllText(file)))
        .ToLookup(match => match.Groups["kind"].Value, match => match.Groups["name"].Value));

    [Theory]
    [InlineData("FR", 1, 22)]
    [InlineData("NFR", 1, 10)]
    public void EachRow_IsNamedByATest(string kind, int first, int last)
    {
        var rows = Enumerable.Range(first, last - first + 1).Select(number => $"{kind}-{number:000}");

        Assert.Empty(rows.Except(Named.Value["Requirement"]));
    }

    [Fact]
    public void EachDefectOfTheReference_IsNamedByATest() =>
        Assert.Equal(Defects.Order(StringComparer.Ordinal), Named.Value["Defect"].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(ArrowsTests.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex(@"\[Trait\(""(?<kind>Requirement|Defect)"", ""(?<name>[A-Za-z0-9-]+)""\)\]")]
    private static partial Regex Trait();
}
