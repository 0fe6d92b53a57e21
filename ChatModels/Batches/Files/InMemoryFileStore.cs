namespace ChatModels.Batches.Files;

/// <summary>Files in the memory of this process, for a process that has neither a directory nor Redis, and for tests.</summary>
internal sealed class InMemoryFileStore(long capacity, TimeProvider time) : IFileStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (byte[] Bytes, DateTimeOffset Touched)> _files = new(StringComparer.Ordinal);
    private long _pending;

    public long Capacity => capacity;

    public Task<IFileWriter> CreateAsync(string id, CancellationToken cancellationToken) => Task.FromResult<IFileWriter>(new Writer(this, FileIds.Checked(id)));

    public Task<Stream?> OpenAsync(string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<Stream?>(_files.TryGetValue(id, out var file) ? new MemoryStream(file.Bytes, writable: false) : null);
        }
    }

    public Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _files.Remove(id);
            return Task.CompletedTask;
        }
    }

    public Task<IReadOnlyList<StoredContent>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<StoredContent>>([.. _files.Select(f => new StoredContent(f.Key, null, f.Value.Bytes.Length, f.Value.Touched))]);
        }
    }

    // A writer that was left is the collector's.
    public Task DiscardAsync(StoredContent content, CancellationToken cancellationToken) => Task.CompletedTask;

    private void Reserve(int bytes)
    {
        lock (_lock)
        {
            if (_files.Values.Sum(f => (long)f.Bytes.Length) + _pending + bytes > capacity)
            {
                throw new FileStoreFullException(capacity);
            }

            _pending += bytes;
        }
    }

    private void Release(long bytes)
    {
        lock (_lock)
        {
            _pending -= bytes;
        }
    }

    private void Keep(string id, byte[] bytes)
    {
        lock (_lock)
        {
            _files[id] = (bytes, time.GetUtcNow());
        }
    }

    private sealed class Writer(InMemoryFileStore store, string id) : IFileWriter
    {
        private readonly MemoryStream _bytes = new();
        private long _reserved;

        public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            store.Reserve(bytes.Length);
            _reserved += bytes.Length;
            _bytes.Write(bytes.Span);
            return Task.CompletedTask;
        }

        public Task CompleteAsync(CancellationToken cancellationToken)
        {
            store.Keep(id, _bytes.ToArray());
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            store.Release(Interlocked.Exchange(ref _reserved, 0));
            return ValueTask.CompletedTask;
        }
    }
}
