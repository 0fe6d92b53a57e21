namespace ChatModels.Registry.Stores;

/// <summary>The registry's store for a single process, and for tests: nothing outlives the process.</summary>
internal sealed class InMemoryRegistryStore(TimeProvider time) : IRegistryStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(EntityKind Kind, string Id), StoredEntity> _entities = [];
    private readonly Queue<(long Revision, ReadOnlyMemory<byte> Entry)> _log = [];
    private readonly Dictionary<string, (ReadOnlyMemory<byte> Announcement, DateTimeOffset Until)> _replicas = [];
    private long _logBytes;
    private RegistryHead? _head;

    public event Action? Hinted;

    public Task<RegistryHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_head);
        }
    }

    public Task<StoreImage?> ReadAllAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_head is null ? null : new StoreImage(_head, [.. _entities.Values]));
        }
    }

    public Task<StoreLog?> ReadLogAsync(long revision, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_head is null ? null : new StoreLog(_head, [.. _log.Where(e => e.Revision > revision).Select(e => e.Entry)]));
        }
    }

    public Task<CommitOutcome> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<CommitOutcome>(cancellationToken);
        }

        lock (_lock)
        {
            if (_head != commit.Expected)
            {
                return Task.FromResult(CommitOutcome.Lost);
            }

            foreach (var change in commit.Changes)
            {
                if (change.Json is null)
                {
                    _entities.Remove((change.Kind, change.Id));
                }
                else
                {
                    _entities[(change.Kind, change.Id)] = change;
                }
            }

            Log(commit);
            _head = commit.Next;
        }

        Hinted?.Invoke();
        return Task.FromResult(CommitOutcome.Committed);
    }

    public Task AnnounceAsync(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _replicas[replicaId] = (announcement, time.GetUtcNow() + lifetime);
            return Task.CompletedTask;
        }
    }

    public Task WithdrawAsync(string replicaId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _replicas.Remove(replicaId);
            return Task.CompletedTask;
        }
    }

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAnnouncementsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            return Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([.. _replicas.Values.Where(r => r.Until > now).Select(r => r.Announcement)]);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Log(StoreCommit commit)
    {
        _log.Enqueue((commit.Next.Revision, commit.LogEntry));
        _logBytes += commit.LogEntry.Length;
        while (_log.Count > LogBound.MaxEntries || (_logBytes > LogBound.MaxBytes && _log.Count > 1))
        {
            _logBytes -= _log.Dequeue().Entry.Length;
        }
    }
}
