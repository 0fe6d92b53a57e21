using System.Text.Json.Serialization;

namespace ChatModels.Registry.Probes;

/// <summary>What one probe of a provider found.</summary>
internal sealed record ProbeRecord
{
    public required ProbeVerdict Verdict { get; init; }

    /// <summary>Why it is not up, as a sentence without secrets.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was asked, by the prober's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long its answer took.</summary>
    public required double DurationMs { get; init; }

    /// <summary>The replica that asked.</summary>
    public required string By { get; init; }
}

/// <summary>What a probe says of a provider.</summary>
internal enum ProbeVerdict
{
    /// <summary>It answers as it should.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary>It does not answer, or fails, or refuses our key.</summary>
    [JsonStringEnumMemberName("down")]
    Down,

    /// <summary>It answers, and does not know the question: that says nothing about requests.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,
}

/// <summary>The JSON of results as shared; what a newer version adds is ignored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProbeRecord))]
internal sealed partial class ProbeJson : JsonSerializerContext;
