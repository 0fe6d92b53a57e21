using System.Text.Json.Serialization;
using ChatModels.Chat.Probing;
using ChatModels.Registry.Probes;

namespace ChatModels.Api.Wire;

/// <summary>What the last probe of a provider found.</summary>
internal sealed record ProviderHealthView
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>What it found.</summary>
    [JsonConverter(typeof(CamelCaseEnum<ProviderHealthStatus>))]
    public required ProviderHealthStatus Status { get; init; }

    /// <summary>Why it is not up, and where to look.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Seconds since then.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Milliseconds that the answer took.</summary>
    public double? DurationMs { get; init; }

    /// <summary>The replica that asked.</summary>
    public string? CheckedBy { get; init; }

    public static ProviderHealthView Of(string provider, ProbeRecord? result, ProbeTable probes) => result is null
        ? new() { Provider = provider, Status = ProviderHealthStatus.Unknown }
        : new()
        {
            Provider = provider,
            Status = result.Verdict switch
            {
                ProbeVerdict.Up => ProviderHealthStatus.Up,
                ProbeVerdict.Down => ProviderHealthStatus.Down,
                _ => ProviderHealthStatus.Inconclusive,
            },
            Reason = result.Reason,
            CheckedAt = result.At,
            AgeSeconds = Math.Round(probes.AgeOf(result).TotalSeconds, 3),
            DurationMs = result.DurationMs,
            CheckedBy = result.By,
        };
}

/// <summary>What a probe says of a provider.</summary>
internal enum ProviderHealthStatus
{
    /// <summary>It was not asked yet, or too long ago.</summary>
    Unknown,

    /// <summary>It answers as it should.</summary>
    Up,

    /// <summary>It does not answer, or fails, or refuses our key: requests go elsewhere where they can.</summary>
    Down,

    /// <summary>It answers, and does not know the question, which says nothing about requests.</summary>
    Inconclusive,
}
