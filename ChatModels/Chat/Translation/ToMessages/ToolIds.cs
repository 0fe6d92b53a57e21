using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Makes the id of a tool call one that Anthropic takes: letters, digits, <c>_</c> and <c>-</c>.</summary>
internal static class ToolIds
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The same for the call and for its result; two ids that differ stay different.</summary>
    public static string Fit(string? id) => id is { Length: > 0 } && !id.AsSpan().ContainsAnyExcept(Allowed)
        ? id
        : $"call_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id ?? "")).AsSpan(0, 12))}";
}
