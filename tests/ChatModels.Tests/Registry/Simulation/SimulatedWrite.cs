using ChatModels.Registry;
using ChatModels.Registry.Writing;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>One write of a client: what it wanted, what it was told, and what the server made of it.</summary>
internal sealed class SimulatedWrite(string name, EntityChange change, SimulatedReplica at, int begunAtStep) : IDisposable
{
    public string Name => name;

    public EntityChange Change => change;

    public SimulatedReplica At => at;

    public int BegunAtStep => begunAtStep;

    public CancellationTokenSource Caller { get; } = new();

    public Task<RegistryResult>? Run { get; set; }

    /// <summary>The revision that it became.</summary>
    public HistoryNode? Applied { get; set; }

    /// <summary>It was told that it was not applied.</summary>
    public string? RefusedWith { get; set; }

    /// <summary>Under which stamp it was told to look for it.</summary>
    public string? Stamp { get; set; }

    /// <summary>The revision that shows it, and when its client knew.</summary>
    public HistoryNode? Acknowledged { get; set; }

    public int AcknowledgedAtStep { get; set; }

    public void Dispose() => Caller.Dispose();

    public override string ToString() =>
        $"{name} ({(change.IsDelete ? "delete" : "put")} {change.Id}{(change.Precondition == Precondition.None ? "" : $" if {change.Precondition}")})";
}
