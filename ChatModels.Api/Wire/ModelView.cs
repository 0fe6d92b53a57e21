using ChatModels.Registry;

namespace ChatModels.Api.Wire;

internal sealed record ModelList(long Revision, IReadOnlyList<ModelView> Models);

/// <summary>A model: the name that clients ask for, and where it is served.</summary>
internal sealed record ModelView
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>What it can do.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Tokens that prompt and answer may have together.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens that an answer may have.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Where it is served.</summary>
    public required IReadOnlyList<DeploymentView> Deployments { get; init; }

    /// <summary>Models to try, in this order, when no deployment could answer.</summary>
    public required IReadOnlyList<string> Fallbacks { get; init; }

    /// <summary>Other names for it.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>What it costs.</summary>
    public PricingView? Pricing { get; init; }

    /// <summary>Whether it may be used.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The revision that last wrote it.</summary>
    public required long Revision { get; init; }

    /// <summary>Why the answering replica can't use it; absent when it can.</summary>
    public string? Unusable { get; init; }

    public static ModelView Of(ModelEntry entry) => Of(entry.Id, entry.Config, entry.Tag, entry.Unusable);

    public static ModelView Of(string id, ModelConfig config, EntityTag tag, string? unusable) => new()
    {
        Id = id,
        Capabilities = config.Capabilities,
        ContextWindow = config.ContextWindow,
        MaxOutputTokens = config.MaxOutputTokens,
        Deployments = [.. config.Deployments.Select(DeploymentView.Of)],
        Fallbacks = config.Fallbacks,
        Aliases = config.Aliases,
        Pricing = config.Pricing is { } pricing ? PricingView.Of(pricing) : null,
        Enabled = config.Enabled,
        Revision = tag.Revision,
        Unusable = unusable,
    };
}

/// <summary>One place that serves a model.</summary>
internal sealed record DeploymentView(string Provider, string Model, int Weight, int Priority)
{
    public static DeploymentView Of(DeploymentConfig config) => new(config.Provider, config.Model, config.Weight, config.Priority);
}
