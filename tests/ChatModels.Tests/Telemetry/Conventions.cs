using System.Text.Json;
using ChatModels.Tests.Architecture;

namespace ChatModels.Tests.Telemetry;

/// <summary>OpenTelemetry's conventions as eng/conventions/generate.cs has read them.</summary>
internal sealed record Conventions(
    IReadOnlyList<ConventionSource> Sources,
    IReadOnlyDictionary<string, ConventionMetric> Metrics,
    IReadOnlyDictionary<string, ConventionSpan> Spans,
    IReadOnlyDictionary<string, ConventionAttribute> Attributes)
{
    public static Conventions Read() => JsonSerializer.Deserialize<Conventions>(
        File.ReadAllText(Path.Combine(ArrowsTests.Root, "tests", "ChatModels.Tests", "Telemetry", "conventions.json")), JsonSerializerOptions.Web)!;
}

internal sealed record ConventionSource(string Repository, string Commit);

/// <summary>A metric; its attributes with how much they are required.</summary>
internal sealed record ConventionMetric(string Instrument, string Unit, IReadOnlyList<double> Buckets, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A span; its attributes with how much they are required.</summary>
internal sealed record ConventionSpan(string Name, IReadOnlyList<string> Kinds, IReadOnlyDictionary<string, string> Attributes);

internal sealed record ConventionAttribute(string Type, IReadOnlyList<string> Values);
