using System.Globalization;

namespace ChatModels.Batches;

/// <summary>What the part of a chunk holds: its good lines first, then the others.</summary>
internal readonly record struct ChunkSeal(int Completed, int Failed, long OutputBytes, long ErrorBytes)
{
    public static ChunkSeal Parse(string text)
    {
        var parts = text.Split(':');
        return new ChunkSeal(
            int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Completed}:{Failed}:{OutputBytes}:{ErrorBytes}");
}
