using System.Text.Json.Serialization;
using ChatModels.Registry;

namespace ChatModels.Api.Wire;

internal sealed record ReplicaList(IReadOnlyList<ReplicaView> Replicas);

/// <summary>A live process that serves the registry, by its own last word.</summary>
internal sealed record ReplicaView
{
    /// <summary>Its id, new with each start.</summary>
    public required string Id { get; init; }

    /// <summary>What it does: api, worker ...</summary>
    public required string Role { get; init; }

    /// <summary>The machine it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Its version of ChatModels.</summary>
    public required string Version { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How it stands to the store.</summary>
    [JsonConverter(typeof(CamelCaseEnum<RegistryState>))]
    public required RegistryState State { get; init; }

    /// <summary>The registry it serves, by its epoch.</summary>
    public string? Epoch { get; init; }

    /// <summary>The revision it serves.</summary>
    public long? Revision { get; init; }

    /// <summary>Seconds since the store last confirmed that revision to it, when it announced itself.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Entities that it can't use, with the reason.</summary>
    public required IReadOnlyList<string> Unusable { get; init; }

    /// <summary>What it runs besides serving the registry, such as batches; absent where it runs nothing of that kind.</summary>
    public IReadOnlyList<string>? Work { get; init; }

    public static ReplicaView Of(ReplicaInfo replica) => new()
    {
        Id = replica.Id,
        Role = replica.Role,
        Host = replica.Host,
        Version = replica.Version,
        StartedAt = replica.StartedAt,
        State = replica.State,
        Epoch = replica.Epoch,
        Revision = replica.Revision,
        AgeSeconds = replica.AgeSeconds,
        Unusable = replica.Unusable,
        Work = replica.Work,
    };
}
