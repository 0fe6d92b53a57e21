using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ChatModels.Secrets;
using Microsoft.Extensions.Options;

namespace ChatModels.Security;

/// <summary>Every key that this process knows.</summary>
internal sealed class AccessKeys(IOptions<SecurityOptions> options, SecretStore secrets)
{
    private const int LongestKey = 1024;

    private readonly AccessKey[] _keys =
    [
        .. options.Value.AdminKeys.Select(name => new AccessKey(secrets.Get(name), AccessLevel.Admin)),
        .. options.Value.ClientKeys.Select(name => new AccessKey(secrets.Get(name), AccessLevel.Client)),
    ];

    private readonly Admitted?[] _admitted = new Admitted?[4096];

    /// <summary>The secrets that are named and have no value now: keys that nobody can present.</summary>
    public IEnumerable<string> WithoutValue => _keys.Where(key => !key.HasValue).Select(key => key.Name);

    /// <summary>The key that was presented; null when it is none of ours.</summary>
    /// <param name="presented">The key.</param>
    /// <param name="header">The header that it stands in; null where there is none.</param>
    public AccessKey? Find(ReadOnlySpan<char> presented, string? header)
    {
        if (header is null)
        {
            return null;
        }

        // A connection's headers are the same strings from request to request while they do not change: known by their place, not by their text,
        // so that the time this takes tells nobody anything.
        ref var place = ref _admitted[RuntimeHelpers.GetHashCode(header) & (_admitted.Length - 1)];
        if (Volatile.Read(ref place) is { } admitted && ReferenceEquals(admitted.Header, header) && admitted.Key.IsStill(admitted.Value))
        {
            return admitted.Key;
        }

        var found = Find(presented, out var value);
        if (found is not null)
        {
            Volatile.Write(ref place, new Admitted(header, found, value!));
        }

        return found;
    }

    private AccessKey? Find(ReadOnlySpan<char> presented, out string? value)
    {
        value = null;
        if (presented.Length is 0 or > LongestKey)
        {
            return null;
        }

        Span<byte> text = stackalloc byte[LongestKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(presented, text)], hash);
        AccessKey? found = null;
        foreach (var key in _keys)
        {
            // Always through the whole list: where it stops must not tell which key was right.
            if (key.Matches(hash, out var current) && found is null)
            {
                (found, value) = (key, current);
            }
        }

        return found;
    }

    // A class, not a record: it must not print what it holds.
    private sealed class Admitted(string header, AccessKey key, string value)
    {
        public string Header { get; } = header;

        public AccessKey Key { get; } = key;

        /// <summary>The secret's value that the header was compared with.</summary>
        public string Value { get; } = value;
    }
}
