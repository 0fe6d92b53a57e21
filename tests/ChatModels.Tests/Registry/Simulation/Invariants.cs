using ChatModels.Registry;
using ChatModels.Registry.Stores;
using static ChatModels.Tests.Registry.Simulation.SimulationViolationException;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>What must hold after every step, whatever happens.</summary>
internal sealed class Invariants(HistoryModel model, SimulatedServer server)
{
    private readonly Dictionary<SimulatedReplica, (RegistrySnapshot Snapshot, HistoryNode? Node)> _seen = [];

    /// <summary>A snapshot is exactly one committed revision, and a replica stays in its history unless an operator takes it elsewhere.</summary>
    public void Observe(SimulatedReplica replica, bool accepts)
    {
        var (before, was) = _seen.GetValueOrDefault(replica, (RegistrySnapshot.NotLoaded, null));
        var now = replica.Current;
        if (now == before)
        {
            return;
        }

        Unless(now.Head is not null, $"{replica.Name} has no registry any more");
        var node = model.Find(now.Head!, replica.Name);
        _seen[replica] = (now, node);
        RequireContent(replica, now, node);
        Unless(
            was is null || accepts || node.DescendsFrom(was) || LogHasForgotten(was, node),
            $"{replica.Name} left its history unnoticed: it went from {was} to {node}, which does not descend from it");
        Unless(replica.Rejected is null, $"{replica.Name} refused a revision: {replica.Rejected?.Reason}");
    }

    /// <summary>A comparison has ended: what the replica says of itself was true at some time while it was made.</summary>
    public void Compared(SimulatedReplica replica, RegistryState before, int sinceStep)
    {
        var held = replica.Current.Head is { } head ? model.Find(head, replica.Name) : null;
        var served = model.ServedSince(sinceStep);
        if (replica.State == RegistryState.Live)
        {
            Unless(served.Contains(held), $"{replica.Name} says that it is live at {held}, which the store did not hold meanwhile");
        }

        if (replica.State == RegistryState.Diverged && before != RegistryState.Diverged)
        {
            Unless(
                served.Any(n => n is not null && (!n.DescendsFrom(held!) || n.WasRestoredBlindlySince(held!))),
                $"{replica.Name} says that the store has diverged from {held}, and all the while it descended from it");
        }
    }

    /// <summary>A write was acknowledged: it was applied, once, on all that was acknowledged before it began; and its process shows it.</summary>
    public void Acknowledged(SimulatedWrite write, RegistryResult result, int step)
    {
        var node = model.Find(result.Head!, $"The answer to {write}");
        (write.Acknowledged, write.AcknowledgedAtStep) = (node, step);
        Unless(write.Applied is null || write.Applied == node, $"{write} was answered with {node} and applied as {write.Applied}");
        Unless(write.Applied is not null || IsThere(write, node), $"{write} was acknowledged with {node} and never applied");
        Unless(model.Find(write.At.Current.Head!, write.At.Name).DescendsFrom(node), $"{write.At.Name} does not show {node}, which it has written");
        foreach (var earlier in model.Writes.Where(w => w.Acknowledged is { IsDestroyed: false } && w.AcknowledgedAtStep < write.BegunAtStep
            && w.Acknowledged.RevivedAtStep < write.BegunAtStep))
        {
            Unless(
                node.IsDestroyed || node.DescendsFrom(earlier.Acknowledged!),
                $"{write} became {node} and does not follow {earlier}, acknowledged as {earlier.Acknowledged} before it began");
        }
    }

    /// <summary>A write was refused: it was not applied, nor may it be later.</summary>
    public static void Refused(SimulatedWrite write, string code)
    {
        write.RefusedWith = code;
        Unless(write.Applied is null, $"{write} was applied as {write.Applied} and its client was told {code}");
    }

    /// <summary>A write's fate is unknown: its client got the stamp by which the log settles it.</summary>
    public static void Unknown(SimulatedWrite write, string? stamp)
    {
        Unless(!string.IsNullOrEmpty(stamp), $"{write} has an unknown fate and no stamp to look for");
        Unless(write.Applied is null || write.Applied.Head.Stamp == stamp, $"{write} was applied as {write.Applied} and its client looks for {stamp}");
        write.Stamp = stamp;
    }

    /// <summary>What was acknowledged and not taken away by a fault is in the store.</summary>
    public void NothingIsLost()
    {
        foreach (var write in model.Writes.Where(w => w.Acknowledged is { IsDestroyed: false }))
        {
            Unless(
                model.Server?.DescendsFrom(write.Acknowledged!) == true,
                $"{write}, acknowledged as {write.Acknowledged}, is not in the store at {model.Server}");
        }
    }

    private static bool IsThere(SimulatedWrite write, HistoryNode node) =>
        !write.Change.IsDelete && node.Content.GetValueOrDefault((write.Change.Kind, write.Change.Id)) is { } there
        && there == EntityState.Of(there.Tag, write.Change);

    // A bounded log can't prove what it has forgotten: only a full read helps then. With the log of production that takes a thousand writes between
    // two looks.
    private bool LogHasForgotten(HistoryNode was, HistoryNode now) =>
        now.Head.Epoch == was.Head.Epoch && now.Head.Revision - was.Head.Revision >= server.MostLogEntries;

    private static void RequireContent(SimulatedReplica replica, RegistrySnapshot snapshot, HistoryNode node)
    {
        Unless(snapshot.ProviderTable.Count + snapshot.ModelTable.Count == node.Content.Count, $"{replica.Name} shows more or less than {node} has");
        foreach (var ((kind, id), wanted) in node.Content)
        {
            var shown = EntityState.Of(snapshot, kind, id);
            Unless(shown == wanted, $"{replica.Name} shows at {node} for {id} {shown}, and it is {wanted}");
            Unless(kind == EntityKind.Provider || snapshot.TryFindModel(id, out _), $"{replica.Name} does not find {id} at {node}");
        }

        Unless(
            snapshot.ModelTable.Values.All(m => m.Deployments.All(d => snapshot.ProviderTable.GetValueOrDefault(d.Provider.Id) == d.Provider)),
            $"{replica.Name} shows at {node} a model on a provider of another revision");
    }
}
