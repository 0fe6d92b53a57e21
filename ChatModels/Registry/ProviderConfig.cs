using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatModels.Secrets;

namespace ChatModels.Registry;

/// <summary>A provider as the registry keeps it: a named connection of one provider type.</summary>
public sealed record ProviderConfig
{
    /// <summary>The provider type that speaks its protocol: <c>openai</c>, <c>simulator</c> ...</summary>
    public required string Type { get; init; }

    /// <summary>The base address that paths are appended to, such as <c>https://api.openai.com/v1</c>; the type's own where absent.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The secret that holds its API key.</summary>
    public SecretReference? ApiKey { get; init; }

    /// <summary>Headers sent with every request; those that carry secrets are references too.</summary>
    public IReadOnlyDictionary<string, HeaderSetting> Headers { get => field ?? ReadOnlyDictionary<string, HeaderSetting>.Empty; init; }

    /// <summary>How long one attempt may take until its headers (a stream) or its whole answer (otherwise) are there.</summary>
    [JsonIgnore]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How many requests one replica sends to it at once; no limit where absent.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Whether streams are asked to report usage.</summary>
    public StreamUsage UsageInStream { get; init; }

    /// <summary>Whether the trace context goes to it as <c>traceparent</c>.</summary>
    public bool PropagateTrace { get; init; }

    /// <summary>Whether requests may be sent to it.</summary>
    [JsonIgnore]
    public bool Enabled { get; init; } = true;

    /// <summary>What only its type knows, as that type's metadata describes it.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get => field ?? ReadOnlyDictionary<string, JsonElement>.Empty; init; }

    // The JSON source generator sets an init-only property that is absent to its type's default, not to its initializer (dotnet/runtime#84484):
    // so the JSON has nullable twins of what has another default, and the collections above make up for null.
    [JsonInclude, JsonPropertyName("timeout")]
    internal TimeSpan? GivenTimeout { get => Timeout; init => Timeout = value ?? Timeout; }

    [JsonInclude, JsonPropertyName("enabled")]
    internal bool? GivenEnabled { get => Enabled; init => Enabled = value ?? Enabled; }
}

/// <summary>Whether a provider's streams are asked to report usage.</summary>
public enum StreamUsage
{
    /// <summary>Ask (<c>stream_options.include_usage</c>), and take the report out again where the client did not ask.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Never ask: for upstreams that refuse the field.</summary>
    [JsonStringEnumMemberName("never")]
    Never,
}
