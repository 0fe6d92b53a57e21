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

    /// <summary>The secrets that are named and have no value now: keys that nobody can present.</summary>
    public IEnumerable<string> WithoutValue => _keys.Where(key => !key.HasValue).Select(key => key.Name);

    /// <summary>The key that was presented; null when it is none of ours. Allocates nothing.</summary>
    public AccessKey? Find(ReadOnlySpan<char> presented)
    {
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
            found = key.Matches(hash) && found is null ? key : found;
        }

        return found;
    }
}
