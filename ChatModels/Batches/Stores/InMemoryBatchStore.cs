namespace ChatModels.Batches.Stores;

/// <summary>Batches in the memory of one process, and for tests: nothing outlives it.</summary>
internal sealed partial class InMemoryBatchStore(TimeProvider time) : IBatchStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Work> _work = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _paces = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];

    /// <summary>How many batches have anything in here besides their record.</summary>
    public int WorkCount => Locked(() => _work.Count);

    /// <summary>Whose a unit is now; null: nobody's.</summary>
    public string? Holder(string batch, WorkUnit unit) => Locked(() => HolderOf(batch, unit));

    public Task<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken) => Do<IReadOnlyList<string>>(() => [.. _open]);

    public Task CloseAsync(string batch, CancellationToken cancellationToken) => Do(() => _open.Remove(batch));

    public Task<IReadOnlyDictionary<BatchStep, ReadOnlyMemory<byte>>> ReadStepsAsync(string batch, CancellationToken cancellationToken) =>
        Do<IReadOnlyDictionary<BatchStep, ReadOnlyMemory<byte>>>(() => _work.TryGetValue(batch, out var work) ? new Dictionary<BatchStep, ReadOnlyMemory<byte>>(work.Steps) : []);

    public Task<bool> TakeStepAsync(string batch, BatchStep step, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        Do(() => Of(batch).Steps.TryAdd(step, value.ToArray()));

    public Task WriteLayoutAsync(string batch, ReadOnlyMemory<byte> layout, CancellationToken cancellationToken) => Do(() => Of(batch).Layout = layout.ToArray());

    public Task<ReadOnlyMemory<byte>?> ReadLayoutAsync(string batch, CancellationToken cancellationToken) =>
        Do<ReadOnlyMemory<byte>?>(() => _work.TryGetValue(batch, out var work) && work.Layout is { } layout ? (ReadOnlyMemory<byte>?)layout : null);

    public Task<bool> TryClaimAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken) => Do(() =>
    {
        if (HolderOf(batch, unit) is not null)
        {
            return false;
        }

        Of(batch).Leases[unit] = (token, time.GetUtcNow() + lifetime);
        return true;
    });

    public Task<bool> TryRenewAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken) => Do(() =>
    {
        if (HolderOf(batch, unit) != token)
        {
            return false;
        }

        Of(batch).Leases[unit] = (token, time.GetUtcNow() + lifetime);
        return true;
    });

    public Task ReleaseAsync(string batch, WorkUnit unit, string token, CancellationToken cancellationToken) =>
        Do(() => HolderOf(batch, unit) == token && Of(batch).Leases.Remove(unit));

    public Task<IReadOnlyList<int>> UnclaimedAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<int>>(() => [.. chunks.Where(chunk => HolderOf(batch, new WorkUnit(chunk)) is null)]);

    public Task SweepAsync(string batch, int chunks, bool everything, CancellationToken cancellationToken) => Do(() =>
    {
        if (everything || !_work.TryGetValue(batch, out var work))
        {
            return _work.Remove(batch);
        }

        work.Sweep();
        return true;
    });

    public Task<IReadOnlyDictionary<string, string>> ReadPacesAsync(CancellationToken cancellationToken) =>
        Do<IReadOnlyDictionary<string, string>>(() => new Dictionary<string, string>(_paces, StringComparer.Ordinal));

    public Task WritePaceAsync(string model, string? pace, CancellationToken cancellationToken) => Do(() =>
    {
        if (pace is null)
        {
            return _paces.Remove(model);
        }

        _paces[model] = pace;
        return true;
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string? HolderOf(string batch, WorkUnit unit) =>
        _work.TryGetValue(batch, out var work) && work.Leases.TryGetValue(unit, out var lease) && lease.Until > time.GetUtcNow() ? lease.Token : null;

    private Work Of(string batch)
    {
        if (!_work.TryGetValue(batch, out var work))
        {
            _work.Add(batch, work = new Work());
        }

        return work;
    }

    private T Locked<T>(Func<T> act)
    {
        lock (_lock)
        {
            return act();
        }
    }

    private Task<T> Do<T>(Func<T> act) => Task.FromResult(Locked(act));

    /// <summary>What there is of one batch.</summary>
    private sealed class Work
    {
        public Dictionary<BatchStep, ReadOnlyMemory<byte>> Steps { get; } = [];

        public byte[]? Layout { get; set; }

        public Dictionary<WorkUnit, (string Token, DateTimeOffset Until)> Leases { get; } = [];

        public Dictionary<int, Dictionary<int, ReadOnlyMemory<byte>>> Answers { get; } = [];

        public Dictionary<int, Dictionary<int, string>> Marks { get; } = [];

        public Dictionary<int, string> Seals { get; } = [];

        public void Sweep()
        {
            Layout = null;
            Leases.Clear();
            Answers.Clear();
            Marks.Clear();
            Seals.Clear();
        }
    }
}
