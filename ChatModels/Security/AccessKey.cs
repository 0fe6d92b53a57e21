using System.Security.Cryptography;
using System.Text;
using ChatModels.Secrets;

namespace ChatModels.Security;

/// <summary>One key, compared by its hash so that no comparison's time tells anything about it. Follows its secret when that is rotated.</summary>
internal sealed class AccessKey(Secret secret, AccessLevel level)
{
    private volatile Hashed? _hashed;

    public string Name { get; } = secret.Name;

    public AccessLevel Level { get; } = level;

    public bool HasValue => Current() is not null;

    /// <summary>Whether the secret has the value that it had when something matched it.</summary>
    public bool IsStill(string value) => ReferenceEquals(secret.Value, value);

    public bool Matches(ReadOnlySpan<byte> presentedHash, out string? value)
    {
        var current = Current();
        value = current?.Value;
        return current is not null && CryptographicOperations.FixedTimeEquals(presentedHash, current.Hash);
    }

    private Hashed? Current()
    {
        var value = secret.Value;
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        var hashed = _hashed;
        if (hashed is null || !ReferenceEquals(hashed.Value, value))
        {
            _hashed = hashed = new Hashed(value, SHA256.HashData(Encoding.UTF8.GetBytes(value)));
        }

        return hashed;
    }

    private sealed class Hashed(string value, byte[] hash)
    {
        public string Value { get; } = value;

        public byte[] Hash { get; } = hash;
    }
}

/// <summary>What a caller may do; the greater includes the lesser.</summary>
internal enum AccessLevel
{
    None,
    Client,
    Admin,
}
