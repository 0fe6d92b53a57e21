using System.Globalization;
using ChatModels.Registry.Stores;
using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

/// <summary>Batches in Redis, or in a server that speaks its protocol. Owns its connections, which nobody else uses.</summary>
internal sealed partial class RedisBatchStore : IBatchStore
{
    private static readonly TimeSpan Small = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Large = TimeSpan.FromSeconds(5);
    private const int DeletedAtOnce = 200;

    private readonly LazyRedisConnection _data;
    private readonly LazyRedisConnection _leases;
    private readonly RedisLink _link;
    private readonly RedisLink _leaseLink;
    private readonly BatchKeys _keys;

    public RedisBatchStore(string connectionString, string installation, TimeProvider time)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        _data = new LazyRedisConnection(BatchConnections.ForData(options));
        _leases = new LazyRedisConnection(BatchConnections.ForLeases(options));
        _link = new RedisLink(_data.GetAsync, time);
        _leaseLink = new RedisLink(_leases.GetAsync, time);
        _keys = new BatchKeys(installation);
    }

    /// <summary>The connection, for the bytes of files.</summary>
    public RedisLink Link => _link;

    public async Task<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken) =>
        [.. (await AskAsync("the open batches", Small, d => d.SortedSetRangeByRankAsync(_keys.Open, 0, -1, Order.Ascending, CommandFlags.DemandMaster), cancellationToken)).Select(id => id.ToString())];

    public Task CloseAsync(string batch, CancellationToken cancellationToken) =>
        AskAsync("a batch's end", Small, d => d.SortedSetRemoveAsync(_keys.Open, batch, CommandFlags.DemandMaster), cancellationToken);

    public async Task<IReadOnlyDictionary<BatchStep, ReadOnlyMemory<byte>>> ReadStepsAsync(string batch, CancellationToken cancellationToken)
    {
        var steps = await AskAsync("a batch's steps", Small, d => d.HashGetAllAsync(_keys.Steps(batch), CommandFlags.DemandMaster), cancellationToken);
        return steps.Where(s => Enum.TryParse<BatchStep>(s.Name, ignoreCase: true, out _))
            .ToDictionary(s => Enum.Parse<BatchStep>(s.Name.ToString(), ignoreCase: true), s => (ReadOnlyMemory<byte>)s.Value);
    }

    public Task<bool> TakeStepAsync(string batch, BatchStep step, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        AskAsync("a batch's step", Small, d => d.HashSetAsync(_keys.Steps(batch), step.ToString().ToLowerInvariant(), value, When.NotExists, CommandFlags.DemandMaster), cancellationToken);

    public Task WriteLayoutAsync(string batch, ReadOnlyMemory<byte> layout, CancellationToken cancellationToken) =>
        AskAsync("a batch's layout", Large, d => d.StringSetAsync(_keys.Layout(batch), layout, flags: CommandFlags.DemandMaster), cancellationToken);

    public async Task<ReadOnlyMemory<byte>?> ReadLayoutAsync(string batch, CancellationToken cancellationToken) =>
        await AskAsync("a batch's layout", Large, d => d.StringGetAsync(_keys.Layout(batch), CommandFlags.DemandMaster), cancellationToken) is { IsNull: false } layout
            ? (ReadOnlyMemory<byte>?)layout
            : null;

    public Task<bool> TryClaimAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken) =>
        AskAsync("a claim", Small, d => d.StringSetAsync(_keys.Lease(batch, unit), token, lifetime, When.NotExists, CommandFlags.DemandMaster), cancellationToken);

    public Task<bool> TryRenewAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken) =>
        IfHeldAsync(_keys.Lease(batch, unit), token, (transaction, lease) => transaction.KeyExpireAsync(lease, lifetime), cancellationToken);

    public Task ReleaseAsync(string batch, WorkUnit unit, string token, CancellationToken cancellationToken) =>
        IfHeldAsync(_keys.Lease(batch, unit), token, (transaction, lease) => transaction.KeyDeleteAsync(lease), cancellationToken);

    public async Task<IReadOnlyList<int>> UnclaimedAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken)
    {
        var leases = chunks.Select(chunk => _keys.Lease(batch, new WorkUnit(chunk))).ToArray();
        var held = await AskAsync("the claims", Small, d => d.StringGetAsync(leases, CommandFlags.DemandMaster), cancellationToken);
        return [.. chunks.Where((_, i) => held[i].IsNull)];
    }

    public async Task SweepAsync(string batch, int chunks, bool everything, CancellationToken cancellationToken)
    {
        RedisKey[] keys =
        [
            _keys.Layout(batch), _keys.Seals(batch), _keys.Lease(batch, WorkUnit.Validation), _keys.Lease(batch, WorkUnit.Finishing),
            .. Enumerable.Range(0, chunks).SelectMany(c => (RedisKey[])[_keys.Answers(batch, c), _keys.Marks(batch, c), _keys.Lease(batch, new WorkUnit(c))]),
            .. everything ? (RedisKey[])[_keys.Steps(batch)] : [],
        ];
        foreach (var some in keys.Chunk(DeletedAtOnce))
        {
            await AskAsync("a sweep", Large, d => d.KeyDeleteAsync(some, CommandFlags.DemandMaster), cancellationToken);
        }
    }

    public async Task<IReadOnlyDictionary<string, string>> ReadPacesAsync(CancellationToken cancellationToken) =>
        (await AskAsync("the paces", Small, d => d.HashGetAllAsync(_keys.Paces, CommandFlags.DemandMaster), cancellationToken)).ToDictionary(p => p.Name.ToString(), p => p.Value.ToString(), StringComparer.Ordinal);

    public Task WritePaceAsync(string model, string? pace, CancellationToken cancellationToken) => AskAsync(
        "a pace",
        Small,
        d => pace is null ? d.HashDeleteAsync(_keys.Paces, model, CommandFlags.DemandMaster) : d.HashSetAsync(_keys.Paces, model, pace, When.Always, CommandFlags.DemandMaster),
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _data.DisposeAsync();
        await _leases.DisposeAsync();
    }

    private Task<T> AskAsync<T>(string awaited, TimeSpan within, Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken) =>
        _link.AskAsync(awaited, within, ask, cancellationToken);

    private static int Number(RedisValue value) => int.Parse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture);
}
