namespace ChatModels.Registry;

/// <summary>Settings of the registry, from configuration under <c>ChatModels:Registry</c>.</summary>
public sealed class RegistryOptions
{
    /// <summary>The installation: processes with the same name and store share one registry.</summary>
    public string Name { get; set; } = "default";

    /// <summary>Where the registry is kept: <c>redis</c> or <c>memory</c>; redis where absent and <c>ConnectionStrings:redis</c> is there.</summary>
    public string? Store { get; set; }

    /// <summary>What this process does, as others see it among the replicas: <c>api</c>, <c>worker</c> ...; set by the host.</summary>
    public string Role { get; set; } = "app";

    /// <summary>The least time between two comparisons with the store when nothing hints at a change.</summary>
    public TimeSpan RefreshMinimum { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most time between two comparisons with the store when nothing hints at a change.</summary>
    public TimeSpan RefreshMaximum { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the store may leave the snapshot unconfirmed before it counts as stale, however it came to that.</summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one read from the store may take.</summary>
    public TimeSpan ReadDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a write may take until it has an answer, whatever the store does.</summary>
    public TimeSpan WriteDeadline { get; set; } = TimeSpan.FromMilliseconds(900);

    /// <summary>How long a store that lost its registry stays empty before a process that holds a snapshot restores it.</summary>
    public TimeSpan RestoreDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a store without a registry is left to processes that hold a snapshot, before one that holds none creates a new registry; none in Development or in memory.</summary>
    public TimeSpan BirthDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The file in which this process keeps the last good registry, to serve it when it starts while the store is down; none where absent.</summary>
    public string? LastKnownGood { get; set; }

    /// <summary>How often this process says that it is alive.</summary>
    public TimeSpan AnnounceInterval { get; set; } = TimeSpan.FromSeconds(5);
}
