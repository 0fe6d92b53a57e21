using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Writing;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>One committed revision, as the model knows it: what it was made from, and what it must contain.</summary>
internal sealed class HistoryNode(
    RegistryHead head, HistoryNode? parent, IReadOnlyDictionary<(EntityKind Kind, string Id), EntityState> content, ServerState server)
{
    public RegistryHead Head => head;

    public HistoryNode? Parent => parent;

    public IReadOnlyDictionary<(EntityKind Kind, string Id), EntityState> Content => content;

    /// <summary>What the server held then, for a fault that brings it back.</summary>
    public ServerState Server => server;

    /// <summary>A fault has taken it from the server.</summary>
    public bool IsDestroyed { get; set; }

    /// <summary>When it came back after that.</summary>
    public int RevivedAtStep { get; set; } = -1;

    /// <summary>Whether it is the other or was made from it, write by write.</summary>
    public bool DescendsFrom(HistoryNode other)
    {
        var node = this;
        while (node is not null && node.Head.Revision > other.Head.Revision)
        {
            node = node.Parent;
        }

        return node == other;
    }

    /// <summary>It is a restore by a process that did not know its past.</summary>
    public bool IsBlindRestore { get; init; }

    /// <summary>Whether somebody who did not know its past has restored it since the other: then nothing proves to a reader that it descends from that.</summary>
    public bool WasRestoredBlindlySince(HistoryNode other)
    {
        for (var node = this; node is not null && node != other; node = node.Parent)
        {
            if (node.IsBlindRestore)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => head.ToString();
}

/// <summary>An entity by the write that last touched it and its configuration as JSON.</summary>
internal sealed record EntityState(EntityTag Tag, string Json)
{
    public static EntityState Of(EntityTag tag, EntityChange put) => new(tag, EntityValues.Wanted(put)!.Value.GetRawText());

    public static EntityState? Of(RegistrySnapshot snapshot, EntityKind kind, string id) =>
        EntityValues.Tag(snapshot, kind, id) is { } tag ? new EntityState(tag, EntityValues.Now(snapshot, kind, id)!.Value.GetRawText()) : null;
}
