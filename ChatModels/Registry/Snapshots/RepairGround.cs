using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Snapshots;

/// <summary>A revision that can't be served, as far as it can be read: what a write that cures it is held against. Never published.</summary>
/// <param name="Snapshot">Its readable entities; references may dangle.</param>
/// <param name="Unreadable">Those that are no entities at all.</param>
internal sealed record RepairGround(RegistrySnapshot Snapshot, IReadOnlySet<(EntityKind Kind, string Id)> Unreadable);
