using System.Reflection;
using System.Text.RegularExpressions;
using ChatModels.Testing;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Logs;

/// <summary>What our programs may log, held against what is written about it.</summary>
[Trait("Requirement", "FR-011")]
public sealed partial class LogEventTests
{
    private const string Page = "docs/log-events.md";

    private static readonly Assembly[] Programs = [typeof(ChatModelsException).Assembly, typeof(ServiceDefaultsExtensions).Assembly, typeof(ApiHost).Assembly];

    private static readonly IReadOnlyList<LogEvent> Events = [.. Programs.SelectMany(LogEvent.Of)];

    [Fact]
    public void EachEvent_HasAnIdOfItsFeatureThatNoOtherHas()
    {
        Assert.NotEmpty(Events);
        Assert.All(Events, one => Assert.Contains(LogCatalogue.Ranges, range => LogCatalogue.IsIn(range.Namespace, one.Category) && one.Id >= range.First && one.Id <= range.Last));
        Assert.Equal(Events.Count, Events.Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public void TheCatalogue_IsWhatTheCodeSays()
    {
        var current = LogCatalogue.Write(Events);
        if (Environment.GetEnvironmentVariable("CHATMODELS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, Page), current);
        }

        Assert.True(current == Repository.Read(Page), $"{Page} is not what the code says: run CHATMODELS_WRITE_DOCS=1 dotnet test --project tests/ChatModels.Api.Tests, and look at the difference.");
    }

    [Fact]
    public void EveryLog_IsALoggerMessage()
    {
        string[] folders = ["ChatModels", "ChatModels.Api", "ChatModels.ServiceDefaults", "ChatModels.Worker", "ChatModels.AppHost"];
        var sources = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToList();

        Assert.True(sources.Count > 100);
        Assert.Empty(sources.Where(file => ByHand().IsMatch(File.ReadAllText(file))).Select(file => Path.GetRelativePath(Repository.Root, file)));
    }

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(|LoggerMessage\.Define")]
    private static partial Regex ByHand();
}
