using System.Buffers.Binary;

namespace ChatModels.Batches.Input;

/// <summary>Where the chunks of an input begin, and how many lines each has.</summary>
internal sealed class InputLayout(IReadOnlyList<InputChunk> chunks)
{
    private const int Size = 16;

    public IReadOnlyList<InputChunk> Chunks => chunks;

    public static InputLayout Parse(ReadOnlySpan<byte> bytes)
    {
        var chunks = new InputChunk[bytes.Length / Size];
        for (var i = 0; i < chunks.Length; i++)
        {
            var one = bytes.Slice(i * Size, Size);
            chunks[i] = new InputChunk(i, BinaryPrimitives.ReadInt64LittleEndian(one), BinaryPrimitives.ReadInt32LittleEndian(one[8..]), BinaryPrimitives.ReadInt32LittleEndian(one[12..]));
        }

        return new InputLayout(chunks);
    }

    public ReadOnlyMemory<byte> ToBytes()
    {
        var bytes = new byte[chunks.Count * Size];
        foreach (var chunk in chunks)
        {
            var one = bytes.AsSpan(chunk.Index * Size, Size);
            BinaryPrimitives.WriteInt64LittleEndian(one, chunk.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(one[8..], chunk.FirstLine);
            BinaryPrimitives.WriteInt32LittleEndian(one[12..], chunk.Lines);
        }

        return bytes;
    }
}

/// <summary>A run of lines: what one worker claims at a time.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Offset">Where its first line begins in the file.</param>
/// <param name="FirstLine">The number of that line; the file's first is 0.</param>
/// <param name="Lines">How many there are.</param>
internal readonly record struct InputChunk(int Index, long Offset, int FirstLine, int Lines);
