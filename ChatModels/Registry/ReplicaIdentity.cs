using System.Globalization;
using System.Reflection;

namespace ChatModels.Registry;

/// <summary>Who this process is among the replicas.</summary>
internal sealed class ReplicaIdentity(TimeProvider time, Chance chance)
{
    /// <summary>Unique per process start.</summary>
    public string Id { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{chance.NextId()}");

    public string Host { get; } = Environment.MachineName;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>What it runs besides serving the registry, in words; null where it runs nothing of that kind.</summary>
    public IReadOnlyList<string>? Work { get; set; }

    /// <summary>Whether an operator has asked it to begin nothing new of that kind.</summary>
    public bool IsDraining { get; set; }

    public string Version { get; } =
        typeof(ReplicaIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
