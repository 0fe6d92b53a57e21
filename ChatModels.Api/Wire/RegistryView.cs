using System.Text.Json.Serialization;
using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>The registry as the answering replica sees it.</summary>
internal sealed record RegistryView
{
    /// <summary>Tells this registry from one that was wiped and made anew; absent before the first load.</summary>
    public string? Epoch { get; init; }

    /// <summary>Grows by one with each write; absent before the first load.</summary>
    public long? Revision { get; init; }

    /// <summary>Random per write: tells histories apart that have reached the same revision.</summary>
    public string? Stamp { get; init; }

    /// <summary>How this replica stands to the store.</summary>
    [JsonConverter(typeof(CamelCaseEnum<RegistryState>))]
    public required RegistryState State { get; init; }

    /// <summary>Why the state is not live.</summary>
    public string? Reason { get; init; }

    /// <summary>Seconds since the store last confirmed that this revision is the newest.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>A revision that this replica could not read; the last good one serves.</summary>
    public long? RejectedRevision { get; init; }

    /// <summary>The replica that answers.</summary>
    public required string ReplicaId { get; init; }

    /// <summary>How much is in it.</summary>
    public required RegistryCounts Counts { get; init; }

    public static RegistryView Of(RegistrySnapshot snapshot, RegistryStatus status) => new()
    {
        Epoch = snapshot.Head?.Epoch,
        Revision = snapshot.Head?.Revision,
        Stamp = snapshot.Head?.Stamp,
        State = status.State,
        Reason = status.Reason,
        AgeSeconds = status.Age is { } age ? Math.Round(age.TotalSeconds, 3) : null,
        RejectedRevision = status.RejectedRevision,
        ReplicaId = status.ReplicaId,
        Counts = RegistryCounts.Of(snapshot),
    };
}

/// <summary>How many entities there are, and how many of them this replica can't use.</summary>
internal sealed record RegistryCounts(int Providers, int Models, int Unusable)
{
    public static RegistryCounts Of(RegistrySnapshot snapshot) => new(
        snapshot.Providers.Count,
        snapshot.Models.Count,
        snapshot.Providers.Values.Count(provider => provider.Unusable is not null) + snapshot.Models.Values.Count(model => model.Unusable is not null));
}
