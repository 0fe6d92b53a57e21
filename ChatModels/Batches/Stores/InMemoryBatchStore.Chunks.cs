namespace ChatModels.Batches.Stores;

internal sealed partial class InMemoryBatchStore
{
    public Task<ChunkStanding> ReadChunkAsync(string batch, int chunk, CancellationToken cancellationToken) => Do(() =>
    {
        var work = Of(batch);
        return new ChunkStanding(
            work.Seals.ContainsKey(chunk),
            work.Answers.TryGetValue(chunk, out var answers) ? answers.Keys.ToHashSet() : [],
            work.Marks.TryGetValue(chunk, out var marks) ? new Dictionary<int, string>(marks) : []);
    });

    public Task MarkAsync(string batch, int chunk, IReadOnlyList<LineMark> marks, CancellationToken cancellationToken) => Do(() =>
    {
        var kept = ChunkOf(Of(batch).Marks, chunk);
        foreach (var mark in marks)
        {
            kept[mark.Line] = mark.Value;
        }

        return true;
    });

    public Task<bool> AnswerAsync(string batch, int chunk, int line, ReadOnlyMemory<byte> record, CancellationToken cancellationToken) =>
        Do(() => ChunkOf(Of(batch).Answers, chunk).TryAdd(line, record.ToArray()));

    public Task<IReadOnlyDictionary<int, ReadOnlyMemory<byte>>> ReadAnswersAsync(string batch, int chunk, CancellationToken cancellationToken) =>
        Do<IReadOnlyDictionary<int, ReadOnlyMemory<byte>>>(() => _work.TryGetValue(batch, out var work) && work.Answers.TryGetValue(chunk, out var answers)
            ? new Dictionary<int, ReadOnlyMemory<byte>>(answers)
            : []);

    public Task<IReadOnlyList<int>> CountAnswersAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<int>>(() => [.. chunks.Select(chunk => _work.TryGetValue(batch, out var work) && work.Answers.TryGetValue(chunk, out var answers) ? answers.Count : 0)]);

    public Task<bool> SealAsync(string batch, int chunk, string seal, CancellationToken cancellationToken) => Do(() => Of(batch).Seals.TryAdd(chunk, seal));

    public Task<IReadOnlyDictionary<int, string>> ReadSealsAsync(string batch, CancellationToken cancellationToken) =>
        Do<IReadOnlyDictionary<int, string>>(() => _work.TryGetValue(batch, out var work) ? new Dictionary<int, string>(work.Seals) : []);

    public Task DropChunkAsync(string batch, int chunk, CancellationToken cancellationToken) =>
        Do(() => _work.TryGetValue(batch, out var work) && (work.Answers.Remove(chunk) | work.Marks.Remove(chunk)));

    private static Dictionary<int, T> ChunkOf<T>(Dictionary<int, Dictionary<int, T>> chunks, int chunk)
    {
        if (!chunks.TryGetValue(chunk, out var lines))
        {
            chunks.Add(chunk, lines = []);
        }

        return lines;
    }
}
