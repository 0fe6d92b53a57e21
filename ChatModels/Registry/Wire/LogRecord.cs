using System.Text.Json;
using System.Text.Json.Serialization;
using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Wire;

/// <summary>One write in the store's log. <see cref="Previous"/> is the stamp of the write before it: the proof that a reader's history is this one.</summary>
internal sealed record LogRecord
{
    public required int Version { get; init; }

    public required long Revision { get; init; }

    public required string Stamp { get; init; }

    public string? Previous { get; init; }

    public required string Op { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The values were too large for the log: who needs them reads the whole registry.</summary>
    public bool IdsOnly { get; init; }

    /// <summary>Of a restore: the writes before it that the restorer knew. The log that named them was lost, and others must still tell whether theirs is the same history.</summary>
    public IReadOnlyList<LogAncestor>? Lineage { get; init; }

    /// <summary>Of a restore: the restorer did not know all of the last writes, so that one which is not named may still have been of its history, or not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsLineagePartial { get; init; }

    public required IReadOnlyList<LogChange> Changes { get; init; }
}

/// <summary>A write by its revision and stamp.</summary>
internal sealed record LogAncestor(long Revision, string Stamp);

/// <summary>What a write did to one entity: no old value means created, no new one deleted.</summary>
internal sealed record LogChange(EntityKind Kind, string Id, JsonElement? Old, JsonElement? New);
