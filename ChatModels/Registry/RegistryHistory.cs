using System.Text.Json;

namespace ChatModels.Registry;

/// <summary>A part of the registry's change log, oldest write first.</summary>
public sealed record RegistryHistory
{
    /// <summary>The store's head when it was read; null after a failure.</summary>
    public RegistryHead? Head { get; init; }

    /// <summary>The writes.</summary>
    public IReadOnlyList<RegistryWrite> Writes { get; init; } = [];

    /// <summary>Why there is no answer; null when there is one.</summary>
    public RegistryFailure? Failure { get; init; }
}

/// <summary>One write in the change log.</summary>
public sealed record RegistryWrite
{
    /// <summary>The revision that it made.</summary>
    public required long Revision { get; init; }

    /// <summary>Its random mark.</summary>
    public required string Stamp { get; init; }

    /// <summary>The mark of the write before it; null for the first of all.</summary>
    public string? Previous { get; init; }

    /// <summary>What was asked for: <c>put_model</c>, <c>apply</c>, <c>rollback</c> ...</summary>
    public required string Op { get; init; }

    /// <summary>Who asked.</summary>
    public required string Actor { get; init; }

    /// <summary>When, by the writer's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the values were too large for the log, so that only names are left.</summary>
    public bool IdsOnly { get; init; }

    /// <summary>What it did.</summary>
    public required IReadOnlyList<RegistryWriteChange> Changes { get; init; }
}

/// <summary>What a write did to one entity.</summary>
/// <param name="Kind"><c>provider</c> or <c>model</c>.</param>
/// <param name="Id">Its name.</param>
/// <param name="Old">Its configuration before; null where it was created.</param>
/// <param name="New">Its configuration after; null where it was deleted.</param>
public sealed record RegistryWriteChange(string Kind, string Id, JsonElement? Old, JsonElement? New);
