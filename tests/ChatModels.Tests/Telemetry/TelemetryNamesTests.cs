using System.Reflection;
using System.Text.RegularExpressions;
using ChatModels.Telemetry;
using ChatModels.Tests.Architecture;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>Nothing is told by a name that is not in <see cref="TelemetryNames"/>, and nothing is in there that is never told.</summary>
[Collection(typeof(JourneyTests))]
public sealed partial class TelemetryNamesTests(Journey journey)
{
    internal static readonly (string Name, Type Group)[] Known = [.. Groups().SelectMany(ConstantsOf)];

    [Fact]
    [Trait("Requirement", "FR-009")]
    public void EveryInstrument_IsInTheFile() =>
        Assert.Empty(journey.Metrics.Instruments.Keys.Except(Known.Select(k => k.Name)));

    [Fact]
    [Trait("Requirement", "FR-010")]
    public void EverySpan_IsInTheFile() =>
        Assert.Empty(journey.Spans.Select(KindOfSpan).Except(Known.Select(k => k.Name)));

    [Fact]
    public void EveryEvent_IsInTheFile() => Assert.Empty(Events().Except(Known.Select(k => k.Name)));

    [Fact]
    public void EveryAttribute_IsInTheFile() => Assert.Empty(Attributes().Except(Known.Select(k => k.Name)));

    [Fact]
    public void EveryNameInTheFile_IsTold()
    {
        var told = journey.Metrics.All.Select(m => m.Name).Concat(journey.Spans.Select(KindOfSpan)).Concat(Attributes()).Concat(Events()).Concat(Values()).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Known.Where(IsForAllToTell).Select(k => k.Name).Except(told));
    }

    [Fact]
    [Trait("Requirement", "FR-019")]
    [Trait("Requirement", "FR-021")]
    public void EveryError_IsOneOfTheCodes()
    {
        var codes = ConstantsOf(typeof(ErrorCodes)).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var told = journey.Spans.Select(s => s.GetTagItem("error.type")).Concat(journey.Metrics.All.Select(m => m.Tags.GetValueOrDefault("error.type"))).OfType<string>().ToHashSet();

        Assert.NotEmpty(told);
        Assert.Empty(told.Except(codes));
    }

    [Fact]
    public void NoOtherSource_SpellsAName()
    {
        var offences =
            from project in (string[])["ChatModels", "ChatModels.Api", "ChatModels.Worker", "ChatModels.ServiceDefaults"]
            from file in Directory.EnumerateFiles(Path.Combine(ArrowsTests.Root, project), "*.cs", SearchOption.AllDirectories)
            where !file.EndsWith("TelemetryNames.cs", StringComparison.Ordinal) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            from Match spelled in Spelled().Matches(File.ReadAllText(file))
            where spelled.Value != "\"chatmodels.caller\"" // A key of HttpContext.Items.
            select $"{Path.GetRelativePath(ArrowsTests.Root, file)}: {spelled.Value}";

        Assert.Empty(offences);
    }

    // Values may wait for their occasion, but for the reasons of a choice; batches, files and the server have tests of their own.
    private static bool IsForAllToTell((string Name, Type Group) known) =>
        known.Group.Name is not ("Batches" or "Files" or "HttpServer") && (known.Group == typeof(TelemetryNames.Choice) || known.Name.AsSpan().ContainsAny('.', ' '));

    // Those of the chat path end with the model's name, which is no name of ours.
    private static string KindOfSpan(System.Diagnostics.Activity span) => span.GetTagItem("gen_ai.operation.name") is string operation ? operation : span.DisplayName;

    private IEnumerable<string> Attributes() => journey.Spans.SelectMany(s => s.TagObjects.Concat(s.Events.SelectMany(e => e.Tags)).Select(t => t.Key)).Concat(journey.Metrics.All.SelectMany(m => m.Tags.Keys)).Distinct();

    private IEnumerable<string> Events() => journey.Spans.SelectMany(s => s.Events).Select(e => e.Name).Distinct();

    private IEnumerable<string> Values() =>
        journey.Spans.SelectMany(s => s.TagObjects.Select(t => t.Value)).Concat(journey.Metrics.All.SelectMany(m => m.Tags.Values)).OfType<string>().Append(TelemetryNames.Source);

    private static IEnumerable<Type> Groups() => typeof(TelemetryNames).GetNestedTypes(BindingFlags.NonPublic).Append(typeof(TelemetryNames));

    private static IEnumerable<(string Name, Type Group)> ConstantsOf(Type group) =>
        group.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => ((string)field.GetRawConstantValue()!, group));

    [GeneratedRegex("\"(gen_ai|chatmodels)\\.[a-z_.]+\"|\"(error\\.type|server\\.(address|port)|http\\.(response\\.status_code|request\\.method|server\\.request\\.duration)|url\\.scheme|network\\.protocol\\.version)\"")]
    private static partial Regex Spelled();
}
