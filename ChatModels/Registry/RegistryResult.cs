namespace ChatModels.Registry;

/// <summary>What became of a write.</summary>
public sealed record RegistryResult
{
    /// <summary>The head after the write; null when it failed.</summary>
    public RegistryHead? Head { get; init; }

    /// <summary>The written entity's tag; null after a delete or a failure.</summary>
    public EntityTag? Tag { get; init; }

    /// <summary>Whether the entity was not there before.</summary>
    public bool Created { get; init; }

    /// <summary>What the write changed, or would change where it was only tried; null after a failure and for one entity.</summary>
    public RegistryDifference? Difference { get; init; }

    /// <summary>Why nothing was written (or, with <see cref="ErrorCodes.RegistryWriteUnknown"/>, why nobody knows); null after success.</summary>
    public RegistryFailure? Failure { get; init; }
}

/// <summary>Why a registry operation failed.</summary>
/// <param name="Op">The operation: <c>registry.put_provider</c> ...</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">A sentence that names what is wrong and the cure.</param>
public sealed record RegistryFailure(string Op, string Code, string Message)
{
    /// <summary>Every mistake found, with its JSON path.</summary>
    public IReadOnlyList<ValidationIssue> Issues { get; init; } = [];

    /// <summary>After a failed precondition: the entity's tag now; null when there is no such entity.</summary>
    public EntityTag? CurrentTag { get; init; }

    /// <summary>After an unknown outcome: the stamp to look for in the log.</summary>
    public string? Stamp { get; init; }
}
