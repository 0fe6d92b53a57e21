using ChatModels.Batches.Files;
using ChatModels.Batches.Input;

namespace ChatModels.Batches.Running;

/// <summary>The results of a chunk, out of the store of batches and into that of files: good lines first, then the others, both in the order of the input.</summary>
internal static class ChunkPart
{
    /// <summary>Writes it. Results are written once, so whoever does this, and however often, writes the same bytes.</summary>
    public static async Task<ChunkSeal> WriteAsync(IFileStore files, string batch, InputChunk chunk, IReadOnlyDictionary<int, ReadOnlyMemory<byte>> answers)
    {
        await using var part = await files.CreateAsync(BatchIds.Part(batch, chunk.Index), CancellationToken.None);
        var ordered = Enumerable.Range(chunk.FirstLine, chunk.Lines).Select(line => answers[line]).ToList();
        var (good, goodBytes) = await WriteAsync(part, ordered, isGood: true);
        var (bad, badBytes) = await WriteAsync(part, ordered, isGood: false);
        await part.CompleteAsync(CancellationToken.None);
        return new ChunkSeal(good, bad, goodBytes, badBytes);
    }

    private static async Task<(int Lines, long Bytes)> WriteAsync(IFileWriter part, List<ReadOnlyMemory<byte>> answers, bool isGood)
    {
        var some = answers.Where(answer => LineRecord.IsGood(answer) == isGood).Select(LineRecord.LineOf).ToList();
        var bytes = new byte[some.Sum(line => line.Length)];
        var position = 0;
        foreach (var line in some)
        {
            line.CopyTo(bytes.AsMemory(position));
            position += line.Length;
        }

        if (bytes.Length > 0)
        {
            await part.WriteAsync(bytes, CancellationToken.None);
        }

        return (some.Count, bytes.Length);
    }
}
