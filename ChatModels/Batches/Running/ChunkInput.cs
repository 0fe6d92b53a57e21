using ChatModels.Batches.Input;
using ChatModels.Batches.Stores;

namespace ChatModels.Batches.Running;

/// <summary>Reads the lines of a chunk that have no result.</summary>
internal static class ChunkInput
{
    /// <summary>Null when the input is gone, or is not what it was when it was found good.</summary>
    public static async Task<List<ChunkLine>?> ReadAsync(RunnerContext context, BatchRecord batch, InputChunk chunk, ChunkStanding standing, string token)
    {
        await using var input = await context.Files.OpenAsync(batch.InputFile, CancellationToken.None);
        if (input is null || input.Length < chunk.Offset)
        {
            return null;
        }

        input.Position = chunk.Offset;
        using var reader = new LineReader(input, context.Options.MaxLineBytes);
        var lines = new List<ChunkLine>(chunk.Lines);
        for (var index = chunk.FirstLine; index < chunk.FirstLine + chunk.Lines; index++)
        {
            if (!await reader.ReadAsync(CancellationToken.None))
            {
                return null;
            }

            if (standing.Answered.Contains(index))
            {
                continue;
            }

            if (BatchLine.TryRead(reader.Line.ToArray(), batch.Endpoint, out var line) is not null)
            {
                return null;
            }

            var lost = standing.Marks.TryGetValue(index, out var mark) ? LineMark.LostBefore(mark, token) : 0;
            lines.Add(new ChunkLine(index, line, context.Models.Resolve(line.Model), lost));
        }

        return lines;
    }
}
