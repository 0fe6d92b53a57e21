namespace ChatModels.Registry;

/// <summary>Everything that is left to chance, so that a test can decide it.</summary>
internal sealed class Chance(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>A new stamp or epoch: 64 random bits.</summary>
    public string NextId()
    {
        Span<byte> bytes = stackalloc byte[8];
        lock (_lock)
        {
            random.NextBytes(bytes);
        }

        return Convert.ToHexStringLower(bytes);
    }

    public TimeSpan Between(TimeSpan least, TimeSpan most)
    {
        lock (_lock)
        {
            return least + (most - least) * random.NextDouble();
        }
    }
}
