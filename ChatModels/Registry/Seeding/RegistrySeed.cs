using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Seeding;

/// <summary>What a registry is born with: only used where the store has no head, never to overwrite or take away.</summary>
/// <remarks>Configuration under <c>ChatModels:Seed</c> replaces what the host gave by code, by id.</remarks>
internal sealed class RegistrySeed
{
    public Dictionary<string, ProviderConfig> Providers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ModelConfig> Models { get; } = new(StringComparer.Ordinal);

    /// <summary>Mistakes found in the configuration while it was read, each with its key.</summary>
    public List<ValidationIssue> Mistakes { get; } = [];

    /// <summary>The configuration key of each value read, by its path: <c>models/gpt-4o.deployments[0].weight</c>.</summary>
    public Dictionary<string, string> Keys { get; } = new(StringComparer.Ordinal);

    public RegistryChange Change => new(
        RegistryOps.Seed,
        "configuration",
        [
            .. Providers.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => EntityChange.Put(p.Key, p.Value) with { Path = $"providers/{p.Key}" }),
            .. Models.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => EntityChange.Put(m.Key, m.Value) with { Path = $"models/{m.Key}" }),
        ]);
}
