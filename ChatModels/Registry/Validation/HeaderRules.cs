using System.Buffers;
using ChatModels.Providers;

namespace ChatModels.Registry.Validation;

/// <summary>Which headers a provider may send with every request.</summary>
internal static class HeaderRules
{
    private const int MaxHeaders = 32;
    private const int MaxNameLength = 128;
    private const int MaxValueLength = 4_096;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Hop-by-hop, or decided by the request itself.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "accept-encoding", "connection", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    };

    public static void Check(IReadOnlyDictionary<string, HeaderSetting> headers, IssueList issues)
    {
        if (headers.Count > MaxHeaders)
        {
            issues.Add(".headers", $"There are {headers.Count} headers; at most {MaxHeaders} are allowed.");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, setting) in headers.Take(MaxHeaders))
        {
            var path = OptionPath.Of(".headers", name);
            if (!CheckName(name, path, issues))
            {
                continue;
            }

            if (!seen.Add(name))
            {
                issues.Add(path, $"The header '{name}' is given twice; header names do not differ by case.");
            }

            CheckValue(name, setting, path, issues);
        }
    }

    private static bool CheckName(string name, string path, IssueList issues)
    {
        if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            issues.Add(path, "That is no header name; use letters, digits and '-'.");
            return false;
        }

        if (Reserved.Contains(name) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase))
        {
            issues.Add(path, $"The header '{name}' belongs to the connection or the body and can't be configured; take it out.");
            return false;
        }

        return true;
    }

    private static void CheckValue(string name, HeaderSetting? setting, string path, IssueList issues)
    {
        switch (setting)
        {
            case { Literal: null, Secret: { } secret }:
                if (!SecretWords.IsName(secret))
                {
                    issues.Add(path, SecretRules.NameMistake);
                }

                break;
            case { Literal: { } literal, Secret: null }:
                CheckLiteral(name, literal, path, issues);
                break;
            default:
                issues.Add(path, "A header is a string, or a reference {\"secret\":\"name\"}.");
                break;
        }
    }

    private static void CheckLiteral(string name, string literal, string path, IssueList issues)
    {
        if (SecretWords.Carries(name))
        {
            issues.Add(path, $"The header '{name}' carries a secret, which must not be in the registry; give a reference {{\"secret\":\"name\"}}.");
        }
        else if (literal.Length is 0 or > MaxValueLength || literal != literal.Trim(' ') || literal.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            issues.Add(path, $"A header's value must be 1 to {MaxValueLength} printable ASCII characters without spaces at its ends.");
        }
    }
}
