namespace ChatModels.Batches.Stores;

internal sealed partial class InMemoryBatchStore
{
    private readonly Dictionary<RecordKind, Dictionary<string, CatalogueEntry>> _records = new() { [RecordKind.File] = new(StringComparer.Ordinal), [RecordKind.Batch] = new(StringComparer.Ordinal) };

    public Task<bool> AddAsync(RecordKind kind, CatalogueEntry entry, CancellationToken cancellationToken) => Do(() =>
    {
        var isNew = TryAdd(kind, entry);
        if (isNew && kind is RecordKind.Batch)
        {
            _open.Add(entry.Id);
        }

        return isNew;
    });

    public Task<bool> AddResultAsync(string batch, CatalogueEntry file, CancellationToken cancellationToken) => Do(() =>
    {
        var isOpen = _open.Contains(batch);
        if (isOpen)
        {
            TryAdd(RecordKind.File, file);
        }

        return isOpen;
    });

    public Task<ReadOnlyMemory<byte>?> FindAsync(RecordKind kind, string id, CancellationToken cancellationToken) =>
        Do<ReadOnlyMemory<byte>?>(() => _records[kind].TryGetValue(id, out var entry) ? (ReadOnlyMemory<byte>?)entry.Record : null);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>?> PageAsync(RecordKind kind, string? after, int count, bool newestFirst, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<ReadOnlyMemory<byte>>?>(() =>
        {
            if (after is not null && !_records[kind].ContainsKey(after))
            {
                return null;
            }

            var ordered = _records[kind].Values.OrderBy(e => e.Place).ThenBy(e => e.Id, StringComparer.Ordinal).ToList();
            if (newestFirst)
            {
                ordered.Reverse();
            }

            var start = after is null ? 0 : ordered.FindIndex(e => e.Id == after) + 1;
            return [.. ordered.Skip(start).Take(count).Select(e => e.Record)];
        });

    public Task<int> CountAsync(RecordKind kind, CancellationToken cancellationToken) => Do(() => _records[kind].Count);

    public Task<bool> RemoveAsync(RecordKind kind, string id, CancellationToken cancellationToken) => Do(() =>
    {
        _open.Remove(id);
        return _records[kind].Remove(id);
    });

    public Task SetExpiryAsync(RecordKind kind, string id, DateTimeOffset at, CancellationToken cancellationToken) => Do(() =>
    {
        if (_records[kind].TryGetValue(id, out var entry))
        {
            _records[kind][id] = entry with { ExpiresAt = at };
        }

        return true;
    });

    public Task<IReadOnlyList<string>> ListExpiredAsync(RecordKind kind, DateTimeOffset by, int count, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<string>>(() => [.. _records[kind].Values.Where(e => e.ExpiresAt <= by).OrderBy(e => e.ExpiresAt).Take(count).Select(e => e.Id)]);

    private bool TryAdd(RecordKind kind, CatalogueEntry entry) => _records[kind].TryAdd(entry.Id, entry with { Record = entry.Record.ToArray() });
}
