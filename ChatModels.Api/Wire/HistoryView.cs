using System.Text.Json;
using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>A part of the change log, oldest write first, and the revision that the log ends with.</summary>
internal sealed record HistoryView(long Revision, IReadOnlyList<HistoryEntryView> Entries)
{
    public static HistoryView Of(RegistryHistory history) => new(history.Head!.Revision, [.. history.Writes.Select(HistoryEntryView.Of)]);
}

/// <summary>One write.</summary>
internal sealed record HistoryEntryView
{
    /// <summary>The revision that it made.</summary>
    public required long Revision { get; init; }

    /// <summary>Its random mark; an unknown outcome names it.</summary>
    public required string Stamp { get; init; }

    /// <summary>The mark of the write before it; absent for the first of all.</summary>
    public string? Previous { get; init; }

    /// <summary>What was asked for.</summary>
    public required string Op { get; init; }

    /// <summary>Who asked: the name of a key, or of a process.</summary>
    public required string Actor { get; init; }

    /// <summary>When, by the writer's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>True where the values were too large for the log, so that only names are left.</summary>
    public required bool IdsOnly { get; init; }

    /// <summary>What it did.</summary>
    public required IReadOnlyList<HistoryChangeView> Changes { get; init; }

    public static HistoryEntryView Of(RegistryWrite write) => new()
    {
        Revision = write.Revision,
        Stamp = write.Stamp,
        Previous = write.Previous,
        Op = write.Op,
        Actor = write.Actor,
        At = write.At,
        IdsOnly = write.IdsOnly,
        Changes = [.. write.Changes.Select(change => new HistoryChangeView(change.Kind, change.Id, change.Old, change.New))],
    };
}

/// <summary>What a write did to one entity: without <c>old</c> it was created, without <c>new</c> deleted.</summary>
internal sealed record HistoryChangeView(string Kind, string Id, JsonElement? Old, JsonElement? New);
