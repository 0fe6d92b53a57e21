using System.Diagnostics.CodeAnalysis;

namespace ChatModels.Registry.Snapshots;

/// <summary>A snapshot, or why the revision can't become one.</summary>
internal sealed record SnapshotBuild(RegistrySnapshot? Snapshot, string? Refusal)
{
    [MemberNotNullWhen(true, nameof(Snapshot))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Snapshot is not null;
}
