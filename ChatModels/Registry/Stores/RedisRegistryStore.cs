using ChatModels.Registry.Probes;
using Microsoft.Extensions.Logging;

namespace ChatModels.Registry.Stores;

/// <summary>The registry's store in Redis, or in a server that speaks its protocol (Valkey, Garnet, Azure Managed Redis).</summary>
/// <remarks>Owns the connections it is given.</remarks>
internal sealed class RedisRegistryStore : IRegistryStore
{
    private readonly RedisConnections _connections;
    private readonly RedisReader _reader;
    private readonly RedisWriter _writer;
    private readonly RedisReplicas _replicas;
    private readonly RedisHints _hints;
    private readonly EvictionWarning _eviction;
    private int _disposed;

    public RedisRegistryStore(
        RedisConnections connections, string installation, TimeProvider time, ILogger<RedisRegistryStore> logger, StoreDeadlines? deadlines = null)
    {
        var keys = new RegistryKeys(installation);
        var limits = deadlines ?? StoreDeadlines.Default;
        var link = new RedisLink(connections.ReadsAsync, time);
        _connections = connections;
        _reader = new RedisReader(link, keys, limits);
        _writer = new RedisWriter(connections, _reader, keys, limits, time, logger);
        _replicas = new RedisReplicas(link, keys, limits);
        Probes = new RedisProbeBoard(link, connections, keys, limits, time);
        _eviction = new EvictionWarning(link, limits, logger);
        _hints = new RedisHints(connections, keys, () => Hinted?.Invoke(), time, logger);
        _hints.Start();
        connections.WritesAsync().Observe(); // So that the first write need not wait for it.
    }

    public event Action? Hinted;

    /// <summary>What the fleet shares of probes, on the same connections.</summary>
    public IProbeBoard Probes { get; }

    public async Task<RegistryHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var head = await _reader.ReadHeadAsync(cancellationToken);
        _eviction.AskOnce();
        return head;
    }

    public Task<StoreImage?> ReadAllAsync(CancellationToken cancellationToken) => _reader.ReadAllAsync(cancellationToken);

    public Task<StoreLog?> ReadLogAsync(long revision, CancellationToken cancellationToken) => _reader.ReadLogAsync(revision, cancellationToken);

    public Task<CommitOutcome> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        Task.Run(() => _writer.CommitAsync(commit, cancellationToken), CancellationToken.None);

    public Task AnnounceAsync(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _replicas.AnnounceAsync(replicaId, announcement, lifetime, cancellationToken);

    public Task WithdrawAsync(string replicaId, CancellationToken cancellationToken) => _replicas.WithdrawAsync(replicaId, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAnnouncementsAsync(CancellationToken cancellationToken) => _replicas.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _hints.DisposeAsync();
        await _writer.DisposeAsync();
        await _eviction.Completion;
        await _connections.DisposeAsync();
    }
}
