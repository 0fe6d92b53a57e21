using System.Text.Json;
using ChatModels.Providers;
using ChatModels.Registry.Validation;
using ChatModels.Telemetry;

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

    /// <summary>Whether it is a wildcard, <c>prefix/*</c>, that stands for every name that begins so.</summary>
    public bool IsWildcard => EntityNames.LooksWild(Id);

    /// <summary>Its JSON as stored, kept only where this process can't read it whole.</summary>
    internal ReadOnlyMemory<byte>? Raw { get; init; }

    /// <summary>What metrics call it; decided by whoever measures it first, and the same for all.</summary>
    internal string? MetricName { get; set; }

    /// <summary>What the span of a request for it began with last.</summary>
    internal SpanHead? SpanHead { get; set; }

    /// <summary>What a wildcard forwards of a name that it was found by: all that follows its prefix, or that of an alias. Null where it is no wildcard.</summary>
    internal string? RestOf(string name)
    {
        if (!IsWildcard)
        {
            return null;
        }

        var prefix = PrefixOf(Id, name);
        for (var i = 0; i < Config.Aliases.Count; i++)
        {
            prefix = Math.Max(prefix, PrefixOf(Config.Aliases[i], name));
        }

        return prefix > 0 ? name[prefix..] : null;
    }

    private static int PrefixOf(string? wildcard, string name) =>
        wildcard is not null && EntityNames.LooksWild(wildcard) && name.AsSpan().StartsWith(wildcard.AsSpan(0, wildcard.Length - 1), StringComparison.Ordinal)
            ? wildcard.Length - 1
            : 0;
}

/// <summary>A deployment in a snapshot.</summary>
/// <param name="Provider">The provider that serves it.</param>
/// <param name="Config">Its configuration.</param>
public sealed record Deployment(ProviderEntry Provider, DeploymentConfig Config)
{
    /// <summary>The provider's name for the model as a JSON string, ready to stand in a request.</summary>
    internal ReadOnlyMemory<byte> ModelJson { get; } = Json(Config.Model);

    /// <summary>The provider's name for the model, with what a wildcard forwards in place of its <c>*</c>.</summary>
    internal UpstreamModel ModelFor(string? rest) =>
        rest is null || !Config.Model.Contains('*', StringComparison.Ordinal) ? new(Config.Model, ModelJson) : Forwarding(Config.Model.Replace("*", rest, StringComparison.Ordinal));

    private static UpstreamModel Forwarding(string model) => new(model, Json(model));

    private static byte[] Json(string model) => JsonSerializer.SerializeToUtf8Bytes(model, RegistryJson.Default.String);
}

/// <summary>A provider's name for a model, and the same as a JSON string, ready to stand in a request.</summary>
internal readonly record struct UpstreamModel(string Name, ReadOnlyMemory<byte> Json);
