using System.Text.Json;
using System.Text.Json.Serialization;
using ChatModels.Registry;
using ChatModels.Secrets;

namespace ChatModels.Api.Wire;

/// <summary>A provider to create or replace. Fields that are left out, or null, have their defaults.</summary>
internal sealed record ProviderInput : IEntityInput
{
    /// <summary>May be given, so that what was read can be sent back; must then be the id in the path.</summary>
    public string? Id { get; init; }

    /// <summary>The provider type that speaks its protocol; see /registry/provider-types.</summary>
    public required string Type { get; init; }

    /// <summary>The base address that paths are appended to, such as <c>https://api.openai.com/v1</c>; the type's own where absent.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The secret that holds its API key.</summary>
    public SecretView? ApiKey { get; init; }

    /// <summary>Headers sent with every request: texts, or references <c>{"secret":"name"}</c>; those that carry keys must be references.</summary>
    public IReadOnlyDictionary<string, HeaderSetting>? Headers { get; init; }

    /// <summary>How long one attempt may take; 00:01:40 where absent.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Requests at once, per replica; no limit where absent.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Whether streams are asked to report usage.</summary>
    [JsonConverter(typeof(CamelCaseEnum<StreamUsage>))]
    public StreamUsage? UsageInStream { get; init; }

    /// <summary>Whether the trace context goes to it; false where absent.</summary>
    public bool? PropagateTrace { get; init; }

    /// <summary>Whether requests may be sent to it; true where absent.</summary>
    public bool? Enabled { get; init; }

    /// <summary>What only its type knows; see /registry/provider-types.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    /// <summary>Ignored, so that what was read can be sent back; conditions go into If-Match.</summary>
    public long? Revision { get; init; }

    /// <summary>Ignored, so that what was read can be sent back.</summary>
    public string? Unusable { get; init; }

    public ProviderConfig ToConfig()
    {
        var defaults = new ProviderConfig { Type = Type };
        return defaults with
        {
            Endpoint = Endpoint,
            ApiKey = ApiKey is { } key ? new SecretReference(key.Secret) : null,
            Headers = Headers ?? defaults.Headers,
            Timeout = Timeout ?? defaults.Timeout,
            MaxConcurrency = MaxConcurrency,
            UsageInStream = UsageInStream ?? defaults.UsageInStream,
            PropagateTrace = PropagateTrace ?? defaults.PropagateTrace,
            Enabled = Enabled ?? defaults.Enabled,
            Options = Options ?? defaults.Options,
        };
    }
}
