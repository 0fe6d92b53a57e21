using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

internal sealed partial class RedisBatchStore
{
    public Task<ChunkStanding> ReadChunkAsync(string batch, int chunk, CancellationToken cancellationToken) => AskAsync("a chunk", Small, async database =>
    {
        var isSealed = database.HashExistsAsync(_keys.Seals(batch), chunk, CommandFlags.DemandMaster);
        var answered = database.HashKeysAsync(_keys.Answers(batch, chunk), CommandFlags.DemandMaster);
        var marks = database.HashGetAllAsync(_keys.Marks(batch, chunk), CommandFlags.DemandMaster);
        await Task.WhenAll(isSealed, answered, marks);
        return new ChunkStanding(isSealed.Result, answered.Result.Select(Number).ToHashSet(), marks.Result.ToDictionary(m => Number(m.Name), m => m.Value.ToString()));
    }, cancellationToken);

    public Task MarkAsync(string batch, int chunk, IReadOnlyList<LineMark> marks, CancellationToken cancellationToken) => AskAsync("marks", Small, async database =>
    {
        await database.HashSetAsync(_keys.Marks(batch, chunk), [.. marks.Select(mark => new HashEntry(mark.Line, mark.Value))], CommandFlags.DemandMaster);
        return true;
    }, cancellationToken);

    public Task<bool> AnswerAsync(string batch, int chunk, int line, ReadOnlyMemory<byte> record, CancellationToken cancellationToken) =>
        AskAsync("a line's result", Small, d => d.HashSetAsync(_keys.Answers(batch, chunk), line, record, When.NotExists, CommandFlags.DemandMaster), cancellationToken);

    public async Task<IReadOnlyDictionary<int, ReadOnlyMemory<byte>>> ReadAnswersAsync(string batch, int chunk, CancellationToken cancellationToken) =>
        (await AskAsync("a chunk's results", Large, d => d.HashGetAllAsync(_keys.Answers(batch, chunk), CommandFlags.DemandMaster), cancellationToken))
        .ToDictionary(a => Number(a.Name), a => (ReadOnlyMemory<byte>)a.Value);

    public async Task<IReadOnlyList<int>> CountAnswersAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken)
    {
        var counts = await AskAsync(
            "the results' number", Small, d => Task.WhenAll(chunks.Select(chunk => d.HashLengthAsync(_keys.Answers(batch, chunk), CommandFlags.DemandMaster))), cancellationToken);
        return [.. counts.Select(count => (int)count)];
    }

    public Task<bool> SealAsync(string batch, int chunk, string seal, CancellationToken cancellationToken) =>
        AskAsync("a seal", Small, d => d.HashSetAsync(_keys.Seals(batch), chunk, seal, When.NotExists, CommandFlags.DemandMaster), cancellationToken);

    public async Task<IReadOnlyDictionary<int, string>> ReadSealsAsync(string batch, CancellationToken cancellationToken) =>
        (await AskAsync("the seals", Small, d => d.HashGetAllAsync(_keys.Seals(batch), CommandFlags.DemandMaster), cancellationToken)).ToDictionary(s => Number(s.Name), s => s.Value.ToString());

    public Task DropChunkAsync(string batch, int chunk, CancellationToken cancellationToken) =>
        AskAsync("a sealed chunk", Small, d => d.KeyDeleteAsync([_keys.Answers(batch, chunk), _keys.Marks(batch, chunk)], CommandFlags.DemandMaster), cancellationToken);
}
