namespace ChatModels.Registry.Sync;

/// <summary>How this process stands to the store, without its age: one immutable value, so that no reader sees half a change.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">Why it is not live.</param>
/// <param name="Rejected">The revision that can't be read.</param>
/// <param name="ConfirmedAt">When the store was last asked and confirmed the snapshot, by the monotonic clock.</param>
internal sealed record Standing(RegistryState State, string? Reason, RejectedRevision? Rejected, long? ConfirmedAt);

/// <summary>A revision that can't be read, and why.</summary>
internal sealed record RejectedRevision(RegistryHead Head, string Reason)
{
    /// <summary>It is not even certain that it is of the history that is served: an operator may take it as it is, and nobody may write on it.</summary>
    public bool IsUnproven { get; init; }
}
