using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>A model to create or replace. Fields that are left out, or null, have their defaults.</summary>
internal sealed record ModelInput : IEntityInput
{
    /// <summary>May be given, so that what was read can be sent back; must then be the name in the path.</summary>
    public string? Id { get; init; }

    /// <summary>What it can do: audio, chat, embeddings, reasoning, streaming, structured-output, tools, vision.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>Tokens that prompt and answer may have together.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens that an answer may have.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Where it is served; at least one.</summary>
    public required IReadOnlyList<DeploymentInput> Deployments { get; init; }

    /// <summary>Models to try, in this order, when no deployment could answer.</summary>
    public IReadOnlyList<string>? Fallbacks { get; init; }

    /// <summary>Other names for it.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>What it costs.</summary>
    public PricingView? Pricing { get; init; }

    /// <summary>Whether it may be used; true where absent.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Ignored, so that what was read can be sent back; conditions go into If-Match.</summary>
    public long? Revision { get; init; }

    /// <summary>Ignored, so that what was read can be sent back.</summary>
    public string? Unusable { get; init; }

    public ModelConfig ToConfig()
    {
        var defaults = new ModelConfig { Deployments = [.. Deployments.Select(deployment => deployment.ToConfig())] };
        return defaults with
        {
            Capabilities = Capabilities ?? defaults.Capabilities,
            ContextWindow = ContextWindow,
            MaxOutputTokens = MaxOutputTokens,
            Fallbacks = Fallbacks ?? defaults.Fallbacks,
            Aliases = Aliases ?? defaults.Aliases,
            Pricing = Pricing?.ToConfig(),
            Enabled = Enabled ?? defaults.Enabled,
        };
    }
}

/// <summary>One place that serves a model.</summary>
internal sealed record DeploymentInput
{
    /// <summary>The provider's id in the registry.</summary>
    public required string Provider { get; init; }

    /// <summary>The name that this provider has for the model.</summary>
    public required string Model { get; init; }

    /// <summary>Its share among the deployments of the same priority, from 1 to 1000; 1 where absent.</summary>
    public int? Weight { get; init; }

    /// <summary>The lowest number is used first, from 0 to 100; 0 where absent.</summary>
    public int? Priority { get; init; }

    public DeploymentConfig ToConfig()
    {
        var defaults = new DeploymentConfig { Provider = Provider, Model = Model };
        return defaults with { Weight = Weight ?? defaults.Weight, Priority = Priority ?? defaults.Priority };
    }
}
