using ChatModels.Batches.Stores;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>One worker's store over the network.</summary>
internal sealed class SimulatedBatchStore(InMemoryBatchStore server, BatchNetwork network, SimulatedWorker worker, Action<string, int, ReadOnlyMemory<byte>> answered) : IBatchStore
{
    private static CancellationToken None => CancellationToken.None;

    public Task<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken) => Ask("open batches", () => server.ListOpenAsync(None));

    public Task CloseAsync(string batch, CancellationToken cancellationToken) => Tell($"close {batch}", () => server.CloseAsync(batch, None));

    public Task<IReadOnlyDictionary<BatchStep, ReadOnlyMemory<byte>>> ReadStepsAsync(string batch, CancellationToken cancellationToken) => Ask("steps", () => server.ReadStepsAsync(batch, None));

    public Task<bool> TakeStepAsync(string batch, BatchStep step, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        Ask($"step {step} of {batch}", () => server.TakeStepAsync(batch, step, value, None));

    public Task WriteLayoutAsync(string batch, ReadOnlyMemory<byte> layout, CancellationToken cancellationToken) => Tell($"layout of {batch}", () => server.WriteLayoutAsync(batch, layout, None));

    public Task<ReadOnlyMemory<byte>?> ReadLayoutAsync(string batch, CancellationToken cancellationToken) => Ask("layout", () => server.ReadLayoutAsync(batch, None));

    public Task<bool> TryClaimAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken) =>
        Ask($"claim {unit.Chunk} of {batch}", () =>
        {
            worker.Tokens.Add(token);
            return server.TryClaimAsync(batch, unit, token, lifetime, None);
        });

    public Task<bool> TryRenewAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken) =>
        Ask($"renew {unit.Chunk} of {batch}", () => server.TryRenewAsync(batch, unit, token, lifetime, None));

    public Task ReleaseAsync(string batch, WorkUnit unit, string token, CancellationToken cancellationToken) =>
        Tell($"release {unit.Chunk} of {batch}", () => server.ReleaseAsync(batch, unit, token, None));

    public Task<IReadOnlyList<int>> UnclaimedAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken) => Ask("unclaimed", () => server.UnclaimedAsync(batch, chunks, None));

    public Task SweepAsync(string batch, int chunks, bool everything, CancellationToken cancellationToken) => Tell($"sweep {batch}", () => server.SweepAsync(batch, chunks, everything, None));

    public Task<IReadOnlyDictionary<string, string>> ReadPacesAsync(CancellationToken cancellationToken) => Ask("paces", () => server.ReadPacesAsync(None));

    public Task WritePaceAsync(string model, string? pace, CancellationToken cancellationToken) => Tell($"pace {pace}", () => server.WritePaceAsync(model, pace, None));

    public Task<ChunkStanding> ReadChunkAsync(string batch, int chunk, CancellationToken cancellationToken) => Ask($"chunk {chunk}", () => server.ReadChunkAsync(batch, chunk, None));

    public Task MarkAsync(string batch, int chunk, IReadOnlyList<LineMark> marks, CancellationToken cancellationToken) =>
        Tell($"mark {string.Join(' ', marks.Select(m => $"{m.Line}={m.Value}"))} of {batch}", () => server.MarkAsync(batch, chunk, marks, None));

    public Task<bool> AnswerAsync(string batch, int chunk, int line, ReadOnlyMemory<byte> record, CancellationToken cancellationToken) => Ask($"answer {line} of {batch}", () =>
    {
        answered(batch, line, record);
        return server.AnswerAsync(batch, chunk, line, record, None);
    });

    public Task<IReadOnlyDictionary<int, ReadOnlyMemory<byte>>> ReadAnswersAsync(string batch, int chunk, CancellationToken cancellationToken) =>
        Ask($"answers of {chunk} of {batch}", () => server.ReadAnswersAsync(batch, chunk, None));

    public Task<IReadOnlyList<int>> CountAnswersAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken) => Ask("counts", () => server.CountAnswersAsync(batch, chunks, None));

    public Task<bool> SealAsync(string batch, int chunk, string seal, CancellationToken cancellationToken) => Ask($"seal {chunk} of {batch} with {seal}", () => server.SealAsync(batch, chunk, seal, None));

    public Task<IReadOnlyDictionary<int, string>> ReadSealsAsync(string batch, CancellationToken cancellationToken) => Ask("seals", () => server.ReadSealsAsync(batch, None));

    public Task DropChunkAsync(string batch, int chunk, CancellationToken cancellationToken) => Tell($"drop {chunk} of {batch}", () => server.DropChunkAsync(batch, chunk, None));

    public Task<bool> AddAsync(RecordKind kind, CatalogueEntry entry, CancellationToken cancellationToken) => Ask($"add {entry.Id}", () => server.AddAsync(kind, entry, None));

    public Task<bool> AddResultAsync(string batch, CatalogueEntry file, CancellationToken cancellationToken) => Ask($"add result {file.Id}", () => server.AddResultAsync(batch, file, None));

    public Task<ReadOnlyMemory<byte>?> FindAsync(RecordKind kind, string id, CancellationToken cancellationToken) => Ask("record", () => server.FindAsync(kind, id, None));

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>?> PageAsync(RecordKind kind, string? after, int count, bool newestFirst, CancellationToken cancellationToken) =>
        Ask("page", () => server.PageAsync(kind, after, count, newestFirst, None));

    public Task<int> CountAsync(RecordKind kind, CancellationToken cancellationToken) => Ask("count", () => server.CountAsync(kind, None));

    public Task<bool> RemoveAsync(RecordKind kind, string id, CancellationToken cancellationToken) => Ask($"remove {id}", () => server.RemoveAsync(kind, id, None));

    public Task SetExpiryAsync(RecordKind kind, string id, DateTimeOffset at, CancellationToken cancellationToken) => Tell($"expiry of {id}", () => server.SetExpiryAsync(kind, id, at, None));

    public Task<IReadOnlyList<string>> ListExpiredAsync(RecordKind kind, DateTimeOffset by, int count, CancellationToken cancellationToken) =>
        Ask("expired", () => server.ListExpiredAsync(kind, by, count, None));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> Ask<T>(string what, Func<Task<T>> act) => network.SendAsync(worker, what, act);

    private Task<bool> Tell(string what, Func<Task> act) => network.SendAsync(worker, what, async () =>
    {
        await act();
        return true;
    });
}
