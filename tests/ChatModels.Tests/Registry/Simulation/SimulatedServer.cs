using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>The server that the simulated stores of a fleet share.</summary>
internal sealed class SimulatedServer(TimeProvider time, int mostLogEntries = LogBound.MaxEntries)
{
    private static readonly TimeSpan SeenByAll = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ReadOnlyMemory<byte> Announcement, DateTimeOffset Until)> _replicas = [];

    /// <summary>Raised after a commit was applied.</summary>
    public event Action<StoreCommit>? Applied;

    /// <summary>Raised when a commit was too late: the head is not the one that it was made for.</summary>
    public event Action<StoreCommit>? TooLate;

    public ServerState State { get; private set; } = ServerState.Empty;

    public int MostLogEntries => mostLogEntries;

    public CommitOutcome Commit(StoreCommit commit)
    {
        if (!TryApply(commit))
        {
            TooLate?.Invoke(commit);
            return CommitOutcome.Lost;
        }

        Applied?.Invoke(commit);
        return CommitOutcome.Committed;
    }

    /// <summary>A fault: from now on the server holds another state.</summary>
    public void Become(ServerState state)
    {
        // Who is alive is no part of any copy.
        if (State.Head is not null && EmptyFor > SeenByAll)
        {
            EmptySince = time.GetUtcNow();
        }

        State = state;
        _replicas.Clear();
    }

    /// <summary>When it lost its registry; of several times in a row the first, since who does not look in between can't tell them apart.</summary>
    public DateTimeOffset EmptySince { get; private set; }

    public TimeSpan EmptyFor => time.GetUtcNow() - EmptySince;

    public T Read<T>(Func<ServerState, T> read)
    {
        lock (_lock)
        {
            return read(State);
        }
    }

    public bool Announce(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime)
    {
        lock (_lock)
        {
            _replicas[replicaId] = (announcement, time.GetUtcNow() + lifetime);
            return true;
        }
    }

    public bool Withdraw(string replicaId)
    {
        lock (_lock)
        {
            return _replicas.Remove(replicaId);
        }
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Announcements()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            return [.. _replicas.Values.Where(r => r.Until > now).Select(r => r.Announcement)];
        }
    }

    private bool TryApply(StoreCommit commit)
    {
        lock (_lock)
        {
            var before = State;
            State = before.After(commit, mostLogEntries);
            return State != before;
        }
    }
}
