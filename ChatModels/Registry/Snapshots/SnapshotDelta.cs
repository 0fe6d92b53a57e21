using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Snapshots;

/// <summary>What one or more writes did, by entity, the last word of each; null means deleted.</summary>
internal sealed class SnapshotDelta
{
    public Dictionary<string, DecodedEntity<ProviderConfig>?> Providers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, DecodedEntity<ModelConfig>?> Models { get; } = new(StringComparer.Ordinal);
}
