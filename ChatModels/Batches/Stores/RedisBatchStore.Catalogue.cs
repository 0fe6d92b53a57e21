using ChatModels.Registry.Stores;
using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

internal sealed partial class RedisBatchStore
{
    public Task<bool> AddAsync(RecordKind kind, CatalogueEntry entry, CancellationToken cancellationToken) =>
        _link.AskTogetherAsync<bool>("a new record", Small, transaction =>
        {
            var added = Add(transaction, kind, entry);
            return async () => await added;
        }, cancellationToken);

    public Task<bool> AddResultAsync(string batch, CatalogueEntry file, CancellationToken cancellationToken) =>
        IfAsync("a new result", Small, Condition.SortedSetContains(_keys.Open, batch), transaction => Add(transaction, RecordKind.File, file), cancellationToken);

    public async Task<ReadOnlyMemory<byte>?> FindAsync(RecordKind kind, string id, CancellationToken cancellationToken) =>
        await AskAsync("a record", Small, d => d.HashGetAsync(_keys.Records(kind), id, CommandFlags.DemandMaster), cancellationToken) is { IsNull: false } record
            ? (ReadOnlyMemory<byte>?)record
            : null;

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>?> PageAsync(RecordKind kind, string? after, int count, bool newestFirst, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<ReadOnlyMemory<byte>>?>("a list", Large, async database =>
        {
            var order = newestFirst ? Order.Descending : Order.Ascending;
            var rank = after is null ? -1 : await database.SortedSetRankAsync(_keys.Order(kind), after, order, CommandFlags.DemandMaster);
            if (rank is not { } last)
            {
                return null;
            }

            var ids = await database.SortedSetRangeByRankAsync(_keys.Order(kind), last + 1, last + count, order, CommandFlags.DemandMaster);
            var records = ids is [] ? [] : await database.HashGetAsync(_keys.Records(kind), ids, CommandFlags.DemandMaster);
            return [.. records.Where(r => !r.IsNull).Select(r => (ReadOnlyMemory<byte>)r)];
        }, cancellationToken);

    public Task<int> CountAsync(RecordKind kind, CancellationToken cancellationToken) =>
        AskAsync("a number", Small, async d => (int)await d.HashLengthAsync(_keys.Records(kind), CommandFlags.DemandMaster), cancellationToken);

    public Task<bool> RemoveAsync(RecordKind kind, string id, CancellationToken cancellationToken) => _link.AskTogetherAsync<bool>("a removal", Small, transaction =>
    {
        var removed = transaction.HashDeleteAsync(_keys.Records(kind), id);
        _ = transaction.SortedSetRemoveAsync(_keys.Order(kind), id);
        _ = transaction.SortedSetRemoveAsync(_keys.Expiry(kind), id);
        if (kind is RecordKind.Batch)
        {
            _ = transaction.SortedSetRemoveAsync(_keys.Open, id);
        }

        return async () => await removed;
    }, cancellationToken);

    public Task SetExpiryAsync(RecordKind kind, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        AskAsync("an expiry", Small, d => d.SortedSetAddAsync(_keys.Expiry(kind), id, at.ToUnixTimeMilliseconds(), SortedSetWhen.Always, CommandFlags.DemandMaster), cancellationToken);

    public async Task<IReadOnlyList<string>> ListExpiredAsync(RecordKind kind, DateTimeOffset by, int count, CancellationToken cancellationToken)
    {
        var ids = await AskAsync(
            "what has expired", Small,
            d => d.SortedSetRangeByScoreAsync(_keys.Expiry(kind), double.NegativeInfinity, by.ToUnixTimeMilliseconds(), Exclude.None, Order.Ascending, 0, count, CommandFlags.DemandMaster),
            cancellationToken);
        return [.. ids.Select(id => id.ToString())];
    }

    // Together, so that nothing can be there and in no list.
    private Task<bool> Add(ITransaction transaction, RecordKind kind, CatalogueEntry entry)
    {
        var added = transaction.HashSetAsync(_keys.Records(kind), entry.Id, entry.Record, When.NotExists);
        transaction.SortedSetAddAsync(_keys.Order(kind), entry.Id, entry.Place, SortedSetWhen.NotExists).Observe();
        if (entry.ExpiresAt is { } expires)
        {
            transaction.SortedSetAddAsync(_keys.Expiry(kind), entry.Id, expires.ToUnixTimeMilliseconds(), SortedSetWhen.NotExists).Observe();
        }

        if (kind is RecordKind.Batch)
        {
            transaction.SortedSetAddAsync(_keys.Open, entry.Id, entry.Place, SortedSetWhen.NotExists).Observe();
        }

        return added;
    }
}
