using System.Collections.Immutable;
using ChatModels.Registry;
using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>Everything that a store's server holds of the registry, as a value: a fault puts an older one back.</summary>
internal sealed record ServerState(
    RegistryHead? Head, ImmutableSortedDictionary<(EntityKind Kind, string Id), StoredEntity> Entities, ImmutableList<LoggedWrite> Log, long LogBytes)
{
    private static readonly Comparer<(EntityKind Kind, string Id)> Order = Comparer<(EntityKind Kind, string Id)>.Create(
        (one, other) => one.Kind != other.Kind ? one.Kind.CompareTo(other.Kind) : string.CompareOrdinal(one.Id, other.Id));

    public static ServerState Empty { get; } = new(null, ImmutableSortedDictionary.Create<(EntityKind, string), StoredEntity>(Order), [], 0);

    /// <summary>What a commit makes of it; the same state where the head is not the one expected.</summary>
    public ServerState After(StoreCommit commit, int mostEntries)
    {
        if (Head != commit.Expected)
        {
            return this;
        }

        var entities = Entities.ToBuilder();
        foreach (var change in commit.Changes)
        {
            if (change.Json is null)
            {
                entities.Remove((change.Kind, change.Id));
            }
            else
            {
                entities[(change.Kind, change.Id)] = change;
            }
        }

        var log = Log.Add(new LoggedWrite(commit.Next.Revision, commit.LogEntry));
        var logged = new ServerState(commit.Next, entities.ToImmutable(), log, LogBytes + commit.LogEntry.Length);
        while (logged.Log.Count > mostEntries || (logged.LogBytes > LogBound.MaxBytes && logged.Log.Count > 1))
        {
            logged = logged with { Log = logged.Log.RemoveAt(0), LogBytes = logged.LogBytes - logged.Log[0].Entry.Length };
        }

        return logged;
    }
}

/// <summary>A write in the server's log.</summary>
internal sealed record LoggedWrite(long Revision, ReadOnlyMemory<byte> Entry);
