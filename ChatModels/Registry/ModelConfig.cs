using System.Text.Json.Serialization;

namespace ChatModels.Registry;

/// <summary>A model as the registry keeps it: the name that clients ask for, and where it is served.</summary>
public sealed record ModelConfig
{
    /// <summary>What it can do, from <see cref="ModelCapabilities"/>.</summary>
    public IReadOnlyList<string> Capabilities { get => field ?? []; init; }

    /// <summary>Tokens that prompt and answer may have together.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens that an answer may have.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Where it is served; at least one.</summary>
    public required IReadOnlyList<DeploymentConfig> Deployments { get; init; }

    /// <summary>Models to try, in this order, when no deployment could answer.</summary>
    public IReadOnlyList<string> Fallbacks { get => field ?? []; init; }

    /// <summary>Other names for it.</summary>
    public IReadOnlyList<string> Aliases { get => field ?? []; init; }

    /// <summary>What it costs.</summary>
    public ModelPricing? Pricing { get; init; }

    /// <summary>Whether it may be used.</summary>
    [JsonIgnore]
    public bool Enabled { get; init; } = true;

    // Why there is a twin for the JSON: see ProviderConfig.
    [JsonInclude, JsonPropertyName("enabled")]
    internal bool? GivenEnabled { get => Enabled; init => Enabled = value ?? Enabled; }
}

/// <summary>One place that serves a model.</summary>
public sealed record DeploymentConfig
{
    /// <summary>The provider's id in the registry.</summary>
    public required string Provider { get; init; }

    /// <summary>The name that this provider has for the model.</summary>
    public required string Model { get; init; }

    /// <summary>Its share among the deployments of the same priority, from 1 to 1000.</summary>
    [JsonIgnore]
    public int Weight { get; init; } = 1;

    /// <summary>The lowest number is used first, from 0 to 100.</summary>
    public int Priority { get; init; }

    // Why there is a twin for the JSON: see ProviderConfig.
    [JsonInclude, JsonPropertyName("weight")]
    internal int? GivenWeight { get => Weight; init => Weight = value ?? Weight; }
}

/// <summary>Prices in one currency of the operator's choice, per million tokens.</summary>
public sealed record ModelPricing
{
    /// <summary>For a million prompt tokens.</summary>
    public required decimal InputPerMillion { get; init; }

    /// <summary>For a million tokens of answer.</summary>
    public required decimal OutputPerMillion { get; init; }

    /// <summary>For a million prompt tokens read from the provider's cache; the prompt's price where absent.</summary>
    public decimal? CachedInputPerMillion { get; init; }
}
