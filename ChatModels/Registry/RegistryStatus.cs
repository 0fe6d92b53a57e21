using System.Text.Json.Serialization;

namespace ChatModels.Registry;

/// <summary>How this process stands to the registry's store.</summary>
public sealed record RegistryStatus
{
    /// <summary>The state.</summary>
    public required RegistryState State { get; init; }

    /// <summary>Why the state is what it is, as a sentence; null when live.</summary>
    public string? Reason { get; init; }

    /// <summary>The head that is served; null before the first load.</summary>
    public RegistryHead? Head { get; init; }

    /// <summary>Time since the store last confirmed that the head is the newest, by the monotonic clock; null before the first load.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>A revision that was refused because it can't be read; the last good one serves.</summary>
    public long? RejectedRevision { get; init; }

    /// <summary>The id of this process.</summary>
    public required string ReplicaId { get; init; }
}

/// <summary>How a process stands to the registry's store.</summary>
public enum RegistryState
{
    /// <summary>Nothing was loaded yet.</summary>
    [JsonStringEnumMemberName("loading")]
    Loading,

    /// <summary>The store has confirmed the snapshot recently.</summary>
    [JsonStringEnumMemberName("live")]
    Live,

    /// <summary>The store can't be asked; the last good snapshot serves.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,

    /// <summary>The store holds another history than the snapshot; the last good snapshot serves until an operator decides.</summary>
    [JsonStringEnumMemberName("diverged")]
    Diverged,
}
