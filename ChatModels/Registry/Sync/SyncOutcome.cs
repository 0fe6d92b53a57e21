namespace ChatModels.Registry.Sync;

/// <summary>Where a comparison with the store has left this process.</summary>
internal enum SyncOutcome
{
    /// <summary>The snapshot is the store's newest revision.</summary>
    AtHead,

    /// <summary>The store has no registry.</summary>
    Empty,

    /// <summary>The store did not answer.</summary>
    Unavailable,

    /// <summary>The newest revision can't be read.</summary>
    Rejected,

    /// <summary>The store holds another history.</summary>
    Diverged,
}
