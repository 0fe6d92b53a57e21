using System.Diagnostics.Metrics;
using ChatModels.Providers;
using ChatModels.Telemetry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>What is told is what OpenTelemetry's conventions say, as far as they say something.</summary>
[Collection(typeof(JourneyTests))]
public sealed class ConventionTests(Journey journey)
{
    private static readonly Conventions Conventions = Conventions.Read();

    [Fact]
    public void TheConventions_AreOfNamedCommits() =>
        Assert.All(Conventions.Sources, source => Assert.Matches("^open-telemetry/semantic-conventions(-genai)? [0-9a-f]{40}$", $"{source.Repository} {source.Commit}"));

    [Fact]
    public void EveryNameOfTheirs_IsOneThatTheyHave()
    {
        // The server's are another convention's. Tests of the Api hold the metric's against what ASP.NET Core records itself, and the span's against its whole text.
        var ours = TelemetryNamesTests.Known.Where(k => k.Group != typeof(TelemetryNames.HttpServer)).Select(k => k.Name).Where(name => name.Contains('.', StringComparison.Ordinal) && !name.StartsWith("chatmodels.", StringComparison.Ordinal)).ToArray();

        Assert.True(ours.Length > 20);
        Assert.Empty(ours.Except(Conventions.Attributes.Keys).Except(Conventions.Metrics.Keys));
    }

    [Theory]
    [MemberData(nameof(MetricsOfTheirs))]
    public void AnInstrument_HasTheirKind_Unit_AndBuckets(string name)
    {
        var theirs = Conventions.Metrics[name];
        var ours = journey.Metrics.Instruments[name];

        Assert.Equal((theirs.Instrument, theirs.Unit), (ours.GetType().Name.Split('`')[0], ours.Unit));
        Assert.Equal(theirs.Buckets, BucketsOf(ours));
    }

    [Theory]
    [MemberData(nameof(MetricsOfTheirs))]
    public void AMeasurement_HasTheTagsThatTheyRequire_AndNoOthersThanTheirsAndOurs(string name)
    {
        var theirs = Conventions.Metrics[name];
        var measured = journey.Metrics.All.Where(m => m.Name == name).ToArray();

        Assert.NotEmpty(measured);
        Assert.All(measured, m => Assert.Empty(m.Tags.Keys.Where(IsTheirs).Except(theirs.Attributes.Keys)));
        Assert.All(measured, m => Assert.DoesNotContain(RequiredOf(theirs.Attributes).Except(m.Tags.Keys), key => !IsUnknownProvider(key, m)));
    }

    [Fact]
    public void AnAttemptsSpan_HasTheirName_Kind_AndTags()
    {
        var attempts = journey.Spans.Where(s => s.GetTagItem("chatmodels.attempt") is not null).ToArray();

        Assert.NotEmpty(attempts);
        Assert.All(attempts, span =>
        {
            var theirs = Conventions.Spans[span.GetTagItem("gen_ai.operation.name") is "embeddings" ? "gen_ai.embeddings.client" : "gen_ai.inference.client"];
            Assert.Equal("{gen_ai.operation.name} {gen_ai.request.model}", theirs.Name);
            Assert.Equal($"{span.GetTagItem("gen_ai.operation.name")} {span.GetTagItem("gen_ai.request.model")}", span.DisplayName);
            Assert.Contains(span.Kind.ToString().ToUpperInvariant(), theirs.Kinds);
            Assert.Empty(RequiredOf(theirs.Attributes).Except(span.TagObjects.Select(t => t.Key)));
            Assert.Empty(span.TagObjects.Select(t => t.Key).Where(key => key.StartsWith("gen_ai.", StringComparison.Ordinal)).Except(theirs.Attributes.Keys));
        });
    }

    [Fact]
    public void ATagOfTheirs_HasTheirType_AndAValueThatTheyKnow()
    {
        var tags = journey.Spans.SelectMany(s => s.TagObjects).Concat(journey.Metrics.All.SelectMany(m => m.Tags)).Where(t => IsTheirs(t.Key)).ToArray();

        Assert.All(tags, tag => Assert.Equal((tag.Key, TypeOf(Conventions.Attributes[tag.Key])), (tag.Key, TypeOf(tag.Value))));
        Assert.All(
            tags.Where(t => t.Key is "gen_ai.operation.name" or "gen_ai.token.type"), tag => Assert.Contains((string)tag.Value!, Conventions.Attributes[tag.Key].Values.Concat(ValuesOfOurs())));
    }

    [Theory]
    [InlineData("azure-openai", "azure.ai.openai")]
    [InlineData("anthropic", "anthropic")]
    [InlineData("openai", "openai")]
    public void AVendorOfTheirs_HasTheirName(string type, string name)
    {
        Assert.Contains(name, Conventions.Attributes["gen_ai.provider.name"].Values);
        Assert.Equal(name, ChatProviderTypes.Global.Resolve(type).TelemetryNameOf(new ProviderOptions { Id = "p" }));
    }

    public static TheoryData<string> MetricsOfTheirs() => [.. TelemetryNamesTests.Known.Where(k => k.Group == typeof(TelemetryNames.GenAIMetrics)).Select(k => k.Name)];

    // Where their values fit nothing, one of ours may stand.
    private static IEnumerable<string> ValuesOfOurs() => TelemetryNamesTests.Known.Where(k => k.Group == typeof(TelemetryNames.Own)).Select(k => k.Name);

    // Whose request was refused before any provider was chosen has no provider that could be named.
    private static bool IsUnknownProvider(string key, Measured measured) => key == "gen_ai.provider.name" && measured.Name == "gen_ai.server.request.duration" && measured.Tag("error.type") is not null;

    private static bool IsTheirs(string key) => !key.StartsWith("chatmodels.", StringComparison.Ordinal);

    private static IEnumerable<string> RequiredOf(IReadOnlyDictionary<string, string> attributes) => attributes.Where(a => a.Value == "Required").Select(a => a.Key);

    private static double[] BucketsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } buckets } => [.. buckets],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } buckets } => [.. buckets],
        _ => [],
    };

    // Where spans have no structured values, their JSON stands for them.
    private static string TypeOf(ConventionAttribute attribute) => attribute.Type == "any" ? "string" : attribute.Type;

    private static string TypeOf(object? value) => value switch
    {
        string => "string",
        bool => "boolean",
        int or long => "int",
        double => "double",
        string[] => "string[]",
        _ => $"{value?.GetType()}",
    };
}
