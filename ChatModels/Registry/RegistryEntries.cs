using System.Text.Json;
using ChatModels.Providers;

namespace ChatModels.Registry;

/// <summary>A provider in a snapshot.</summary>
public sealed class ProviderEntry
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its configuration.</summary>
    public required ProviderConfig Config { get; init; }

    /// <summary>The write that last touched it.</summary>
    public required EntityTag Tag { get; init; }

    /// <summary>Why this process can't use it (a type it does not have, a missing secret ...); null when it can.</summary>
    public string? Unusable { get; init; }

    /// <summary>Holds the live adapter; null where the provider is unusable. Shared by all snapshots in which the configuration is the same.</summary>
    internal ProviderSlot? Slot { get; init; }

    /// <summary>Its JSON as stored, kept only where this process can't read it whole.</summary>
    internal ReadOnlyMemory<byte>? Raw { get; init; }
}

/// <summary>A model in a snapshot.</summary>
public sealed class ModelEntry
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Its configuration.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>The write that last touched it.</summary>
    public required EntityTag Tag { get; init; }

    /// <summary>Where it is served, with the providers found, in the order of the configuration.</summary>
    public required IReadOnlyList<Deployment> Deployments { get; init; }

    /// <summary>Why this process can't use it; null when it can.</summary>
    public string? Unusable { get; init; }

    /// <summary>Its JSON as stored, kept only where this process can't read it whole.</summary>
    internal ReadOnlyMemory<byte>? Raw { get; init; }
}

/// <summary>A deployment in a snapshot.</summary>
/// <param name="Provider">The provider that serves it.</param>
/// <param name="Config">Its configuration.</param>
public sealed record Deployment(ProviderEntry Provider, DeploymentConfig Config)
{
    /// <summary>The provider's name for the model as a JSON string, ready to stand in a request.</summary>
    internal ReadOnlyMemory<byte> ModelJson { get; } = JsonSerializer.SerializeToUtf8Bytes(Config.Model, RegistryJson.Default.String);
}
