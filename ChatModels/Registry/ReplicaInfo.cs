namespace ChatModels.Registry;

/// <summary>A live process that serves the registry.</summary>
public sealed record ReplicaInfo
{
    /// <summary>Its id, unique per process start.</summary>
    public required string Id { get; init; }

    /// <summary>What it does: <c>api</c>, <c>worker</c> ...</summary>
    public required string Role { get; init; }

    /// <summary>The machine it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Its version of ChatModels.</summary>
    public required string Version { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its state.</summary>
    public required RegistryState State { get; init; }

    /// <summary>The registry it serves, by its epoch.</summary>
    public string? Epoch { get; init; }

    /// <summary>The revision it serves.</summary>
    public long? Revision { get; init; }

    /// <summary>Seconds since the store last confirmed that revision to it, when it announced itself.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Entities it can't use, with the reason: <c>provider openai-eu: ...</c>.</summary>
    public IReadOnlyList<string> Unusable { get => field ?? []; init; }

    /// <summary>What it runs besides serving the registry, such as batches; null where it runs nothing of that kind.</summary>
    public IReadOnlyList<string>? Work { get; init; }
}
