using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;
using ChatModels.Registry.Writing;
using static ChatModels.Tests.Registry.Simulation.SimulationViolationException;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>
/// What a live replica holds is not lost by a wipe: nobody restores less while he knows of a live one that may hold more. He knows of those who have
/// announced themselves to the emptied store, and of those that he has heard of before; the design gives the first the life of an announcement to restore,
/// and the second the time until their next announcement is overdue.
/// </summary>
internal sealed class RestoreInvariant(HistoryModel model, SimulatedServer server, RegistryOptions options)
{
    /// <summary>A replica sends a commit; whether it restores, and whether it may, is seen here.</summary>
    public void Sending(SimulatedReplica sender, StoreCommit commit, IEnumerable<SimulatedReplica> fleet)
    {
        if (commit.Expected is not null || server.State.Head is not null || LogCodec.TryDecode(commit.LogEntry) is not { Op: RegistryOps.Restore } || sender.State == RegistryState.Diverged)
        {
            return;
        }

        var restored = model.Find(sender.Current.Head!, sender.Name);
        foreach (var other in fleet.Where(r => r != sender && r.State is RegistryState.Live or RegistryState.Stale))
        {
            if (other.Current.Head is { } head && model.Find(head, other.Name) is var held && held != restored && held.DescendsFrom(restored))
            {
                RequireTurn(sender, restored, other, held);
            }
        }
    }

    private void RequireTurn(SimulatedReplica sender, HistoryNode restored, SimulatedReplica other, HistoryNode held)
    {
        var emptyFor = server.EmptyFor;
        var (last, beforeIt) = (Of(other, sender.Store.LastReads.One), Of(other, sender.Store.LastReads.BeforeIt));
        var announced = last is not null && beforeIt is not null && IsAhead(beforeIt, restored) ? last : null;
        Unless(
            announced is null || !IsAhead(announced, restored) || emptyFor >= options.RestoreDelay + (3 * options.AnnounceInterval),
            $"{sender.Name} restores {restored} though {other.Name} has announced {held}");
        var heard = sender.HeardWithin(options.AnnounceInterval + options.RestoreDelay).FirstOrDefault(r => r.Id == other.Id);
        Unless(
            last is not null || beforeIt is not null || heard is null || !MayCount(heard, restored),
            $"{sender.Name} restores {restored} and does not wait for {other.Name}, of whom it knows and who holds {held}");
    }

    private static ReplicaInfo? Of(SimulatedReplica replica, IReadOnlyList<ReadOnlyMemory<byte>> read) =>
        read.Select(a => JsonSerializer.Deserialize(a.Span, StoreJson.Default.ReplicaInfo)!).FirstOrDefault(r => r.Id == replica.Id);

    private static bool IsAhead(ReplicaInfo other, HistoryNode restored) => MayCount(other, restored) && other.Revision > restored.Head.Revision;

    private static bool MayCount(ReplicaInfo other, HistoryNode restored) =>
        other is { State: RegistryState.Live or RegistryState.Stale, AgeSeconds: not null } && other.Epoch == restored.Head.Epoch;
}
