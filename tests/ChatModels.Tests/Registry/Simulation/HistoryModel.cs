using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;
using ChatModels.Registry.Writing;
using static ChatModels.Tests.Registry.Simulation.SimulationViolationException;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>
/// The truth that the fleet is held against: every revision that the server ever committed, computed from what clients wanted and not from what
/// production code wrote.
/// </summary>
internal sealed class HistoryModel(SimulatedServer server, RegistrySeed seed)
{
    private readonly Dictionary<RegistryHead, HistoryNode> _nodes = [];
    private readonly Dictionary<string, SimulatedWrite> _writes = new(StringComparer.Ordinal);
    private readonly List<(int Step, HistoryNode? Node)> _served = [(0, null)];

    /// <summary>What the server holds now.</summary>
    public HistoryNode? Server { get; private set; }

    public IReadOnlyCollection<HistoryNode> Nodes => _nodes.Values;

    public IEnumerable<SimulatedWrite> Writes => _writes.Values;

    public void Begin(SimulatedWrite write) => _writes.Add(write.Name, write);

    /// <summary>A revision; a violation where there never was such a one.</summary>
    public HistoryNode Find(RegistryHead head, string whoShowsIt) =>
        _nodes.GetValueOrDefault(head) ?? throw new SimulationViolationException($"{whoShowsIt} shows {head}, which was never committed.");

    /// <summary>What the server held at some time since a step.</summary>
    public IEnumerable<HistoryNode?> ServedSince(int step) =>
        _served.Where((s, i) => s.Step >= step || i == _served.Count - 1 || _served[i + 1].Step >= step).Select(s => s.Node);

    /// <summary>A fault has given the server another state.</summary>
    public void Lost(HistoryNode? now, int step)
    {
        for (var node = Server; node is not null && now?.DescendsFrom(node) != true; node = node.Parent)
        {
            node.IsDestroyed = true;
        }

        Revive(now, step);
        Serve(now, step);
    }

    /// <summary>The server has applied a commit. Returns the write that it was, and what it made.</summary>
    public HistoryNode Apply(StoreCommit commit, int step)
    {
        var log = LogCodec.TryDecode(commit.LogEntry) ?? throw new SimulationViolationException("A log entry can't be read.");
        Unless((log.Revision, log.Stamp) == (commit.Next.Revision, commit.Next.Stamp), $"the log entry of {commit.Next} names another revision");
        var node = log.Op switch
        {
            RegistryOps.Seed => Born(commit, log),
            RegistryOps.Restore => Restored(commit, log, step),
            _ => Written(commit, log),
        };
        Unless(_nodes.TryAdd(node.Head, node), $"{node.Head} was committed twice");
        Serve(node, step);
        return node;
    }

    private HistoryNode Born(StoreCommit commit, LogRecord log)
    {
        Unless(Server is null, $"a seed was applied over {Server}");
        Unless((commit.Next.Revision, log.Previous) == (1, null), $"a registry was born with a past");
        return Checked(commit, null, seed.Change.Entities);
    }

    private HistoryNode Restored(StoreCommit commit, LogRecord log, int step)
    {
        Unless(Server is null, $"a restore was applied over {Server}");
        var held = Find(new RegistryHead(commit.Next.Epoch, commit.Next.Revision - 1, log.Previous!), "A restore");
        var stored = commit.Changes.ToDictionary(c => (c.Kind, c.Id), Decode);
        Unless(Same(held.Content, stored), $"the restore of {held} wrote something else");
        Revive(held, step);
        return new HistoryNode(commit.Next, held, held.Content, server.State) { IsBlindRestore = log.IsLineagePartial };
    }

    private HistoryNode Written(StoreCommit commit, LogRecord log)
    {
        var write = _writes[log.Actor];
        Unless(Server is not null && commit.Expected == Server.Head, $"{write} was applied on {Server} and was made for {commit.Expected}");
        Unless(log.Previous == Server!.Head.Stamp, $"{write} does not name its predecessor {Server}");
        Unless(write.Applied is null, $"{write} was applied twice, as {write.Applied}");
        Unless(write.RefusedWith is null, $"{write} was applied after its client was told {write.RefusedWith}");
        Unless(write.Stamp is null || write.Stamp == commit.Next.Stamp, $"{write} has another stamp than its client was told");
        Unless(log.Changes is [var only] && only.Id == write.Change.Id, $"the log of {write} names something else");
        RequirePrecondition(write, Server.Content.GetValueOrDefault((write.Change.Kind, write.Change.Id)));
        return write.Applied = Checked(commit, Server, [write.Change]);
    }

    private static void RequirePrecondition(SimulatedWrite write, EntityState? before)
    {
        var wanted = write.Change.Precondition;
        var holds = (wanted.IfMatch is null || before?.Tag.ToString() == wanted.IfMatch)
            && (!wanted.MustExist || before is not null) && (!wanted.MustNotExist || before is null) && (!write.Change.IsDelete || before is not null);
        Unless(holds, $"{write} was applied though there was {before?.Tag.ToString() ?? "nothing"}");
    }

    private HistoryNode Checked(StoreCommit commit, HistoryNode? on, IReadOnlyList<EntityChange> wanted)
    {
        var next = commit.Next;
        Unless(on is null || (next.Epoch == on.Head.Epoch && next.Revision == on.Head.Revision + 1), $"{next} does not follow {on}");
        var content = on?.Content.ToDictionary() ?? [];
        foreach (var change in wanted)
        {
            if (change.IsDelete)
            {
                content.Remove((change.Kind, change.Id));
            }
            else
            {
                content[(change.Kind, change.Id)] = EntityState.Of(new EntityTag(next.Revision, next.Stamp), change);
            }
        }

        var stored = server.State.Entities.ToDictionary(e => e.Key, e => Decode(e.Value));
        Unless(Same(content, stored), $"the server holds at {next} something else than was written");
        RequireProviders(next, content);
        return new HistoryNode(next, on, content, server.State);
    }

    private static void RequireProviders(RegistryHead head, Dictionary<(EntityKind Kind, string Id), EntityState> content)
    {
        foreach (var provider in Workload.ProviderIds.Where(id => !content.ContainsKey((EntityKind.Provider, id))))
        {
            var reference = $"\"provider\":\"{provider}\"";
            Unless(!content.Values.Any(e => e.Json.Contains(reference, StringComparison.Ordinal)), $"{head} has a model without its provider {provider}");
        }
    }

    private static EntityState Decode(StoredEntity stored)
    {
        if (stored.Kind == EntityKind.Provider)
        {
            var provider = EntityCodec.DecodeProvider(stored.Json!.Value);
            return EntityState.Of(provider.Tag, EntityChange.Put(stored.Id, provider.Config));
        }

        var model = EntityCodec.DecodeModel(stored.Json!.Value);
        return EntityState.Of(model.Tag, EntityChange.Put(stored.Id, model.Config));
    }

    private static bool Same(IReadOnlyDictionary<(EntityKind Kind, string Id), EntityState> one, Dictionary<(EntityKind Kind, string Id), EntityState> other) =>
        one.Count == other.Count && one.All(e => other.GetValueOrDefault(e.Key) == e.Value);

    private void Serve(HistoryNode? node, int step)
    {
        Server = node;
        _served.Add((step, node));
    }

    private static void Revive(HistoryNode? node, int step)
    {
        for (; node is not null; node = node.Parent)
        {
            node.RevivedAtStep = node.IsDestroyed ? step : node.RevivedAtStep;
            node.IsDestroyed = false;
        }
    }
}
