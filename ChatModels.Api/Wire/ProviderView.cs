using System.Text.Json;
using System.Text.Json.Serialization;
using ChatModels.Registry;

namespace ChatModels.Api.Wire;

internal sealed record ProviderList(long Revision, IReadOnlyList<ProviderView> Providers);

/// <summary>A provider: a named connection of one provider type.</summary>
internal sealed record ProviderView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The provider type that speaks its protocol.</summary>
    public required string Type { get; init; }

    /// <summary>The base address; the type's own where absent.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The secret that holds its API key; the key itself is nowhere in the registry.</summary>
    public SecretView? ApiKey { get; init; }

    /// <summary>Headers sent with every request: texts, or references <c>{"secret":"name"}</c>.</summary>
    public required IReadOnlyDictionary<string, HeaderSetting> Headers { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Requests at once, per replica; no limit where absent.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Whether streams are asked to report usage.</summary>
    [JsonConverter(typeof(CamelCaseEnum<StreamUsage>))]
    public required StreamUsage UsageInStream { get; init; }

    /// <summary>Whether the trace context goes to it.</summary>
    public required bool PropagateTrace { get; init; }

    /// <summary>Whether requests may be sent to it.</summary>
    public required bool Enabled { get; init; }

    /// <summary>What only its type knows.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Options { get; init; }

    /// <summary>The revision that last wrote it.</summary>
    public required long Revision { get; init; }

    /// <summary>Why the answering replica can't use it; absent when it can.</summary>
    public string? Unusable { get; init; }

    public static ProviderView Of(ProviderEntry entry) => Of(entry.Id, entry.Config, entry.Tag, entry.Unusable);

    public static ProviderView Of(string id, ProviderConfig config, EntityTag tag, string? unusable) => new()
    {
        Id = id,
        Type = config.Type,
        Endpoint = config.Endpoint,
        ApiKey = config.ApiKey is { } key ? new SecretView { Secret = key.Secret } : null,
        Headers = config.Headers,
        Timeout = config.Timeout,
        MaxConcurrency = config.MaxConcurrency,
        UsageInStream = config.UsageInStream,
        PropagateTrace = config.PropagateTrace,
        Enabled = config.Enabled,
        Options = config.Options,
        Revision = tag.Revision,
        Unusable = unusable,
    };
}

/// <summary>Names a secret that every process looks up for itself.</summary>
internal sealed record SecretView
{
    /// <summary>Its name under <c>Secrets:</c> in configuration, or of a file in a secrets directory.</summary>
    public required string Secret { get; init; }
}
