using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatModels.Providers.Simulator;

/// <summary>All that looks random in an answer, drawn from the request's bytes and the seed: the same on every machine, at every time.</summary>
internal readonly struct Chance
{
    private Chance(ReadOnlySpan<byte> hash)
    {
        Id = Convert.ToHexStringLower(hash[..12]);
        Words = BinaryPrimitives.ReadUInt64LittleEndian(hash[12..]);
        Draw = (BinaryPrimitives.ReadUInt64LittleEndian(hash[20..]) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Names the answer.</summary>
    public string Id { get; }

    /// <summary>Chooses the words.</summary>
    public ulong Words { get; }

    /// <summary>Decides whether the request fails: from 0 to just under 1.</summary>
    public double Draw { get; }

    /// <summary>The last eight bytes of <paramref name="bytes"/> are room for the seed.</summary>
    public static Chance Of(Span<byte> bytes, long seed)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes[^sizeof(long)..], seed);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new Chance(hash);
    }
}
