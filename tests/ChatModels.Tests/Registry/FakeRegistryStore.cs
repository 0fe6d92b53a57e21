using ChatModels.Registry;
using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry;

/// <summary>The in-memory store with faults: down, hung, losing its head, going back to an old copy, answering commits as a test says.</summary>
internal sealed class FakeRegistryStore(TimeProvider time) : IRegistryStore
{
    private readonly List<StoreCommit> _history = [];
    private InMemoryRegistryStore _inner = new(time);

    public event Action? Hinted;

    public bool Down { get; set; }

    /// <summary>Reads of the log fail.</summary>
    public bool LogDown { get; set; }

    /// <summary>Awaited before every read of the head.</summary>
    public Func<Task> BeforeReadHead { get; set; } = () => Task.CompletedTask;

    /// <summary>What a commit comes to; null: what the store makes of it.</summary>
    public Func<StoreCommit, Task<CommitOutcome?>> OnCommit { get; set; } = _ => Task.FromResult<CommitOutcome?>(null);

    /// <summary>Told after each commit that was applied; not when a copy is replayed.</summary>
    public Func<StoreCommit, Task> OnApplied { get; set; } = _ => Task.CompletedTask;

    public int FullReads { get; private set; }

    public int LogReads { get; private set; }

    public List<StoreCommit> Commits { get; } = [];

    public void Hint() => Hinted?.Invoke();

    public void Wipe()
    {
        _history.Clear();
        _inner = new InMemoryRegistryStore(time);
    }

    /// <summary>Fails over to a copy that has only the first commits.</summary>
    public async Task FallBackToAsync(int commits)
    {
        var kept = _history.Take(commits).ToArray();
        Wipe();
        foreach (var commit in kept)
        {
            await _inner.CommitAsync(commit, CancellationToken.None);
            _history.Add(commit);
        }
    }

    /// <summary>Reads everything, whatever was set up.</summary>
    public Task<StoreImage?> PeekAsync() => _inner.ReadAllAsync(CancellationToken.None);

    /// <summary>Applies a commit as another process would, whatever was set up.</summary>
    public async Task<CommitOutcome> ApplyAsync(StoreCommit commit)
    {
        var outcome = await _inner.CommitAsync(commit, CancellationToken.None);
        if (outcome == CommitOutcome.Committed)
        {
            _history.Add(commit);
            await OnApplied(commit);
        }

        return outcome;
    }

    public async Task<RegistryHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        await BeforeReadHead();
        return await Up().ReadHeadAsync(cancellationToken);
    }

    public Task<StoreImage?> ReadAllAsync(CancellationToken cancellationToken)
    {
        FullReads++;
        return Up().ReadAllAsync(cancellationToken);
    }

    public Task<StoreLog?> ReadLogAsync(long revision, CancellationToken cancellationToken)
    {
        LogReads++;
        return LogDown ? throw new StoreUnavailableException("Its log is lost on the way.") : Up().ReadLogAsync(revision, cancellationToken);
    }

    public async Task<CommitOutcome> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        Commits.Add(commit);
        return await OnCommit(commit) ?? (Down ? CommitOutcome.Unavailable : await ApplyAsync(commit));
    }

    public Task AnnounceAsync(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime, CancellationToken cancellationToken) =>
        Up().AnnounceAsync(replicaId, announcement, lifetime, cancellationToken);

    public Task WithdrawAsync(string replicaId, CancellationToken cancellationToken) => Up().WithdrawAsync(replicaId, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAnnouncementsAsync(CancellationToken cancellationToken) => Up().ReadAnnouncementsAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private InMemoryRegistryStore Up() => Down ? throw new StoreUnavailableException("It is down.") : _inner;
}
