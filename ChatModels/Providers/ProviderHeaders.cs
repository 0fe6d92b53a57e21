using System.Buffers;

namespace ChatModels.Providers;

/// <summary>Which configured headers can be sent.</summary>
internal static class ProviderHeaders
{
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // They frame the message or belong to the connection: the transport alone may set them.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "keep-alive", "proxy-connection",
        "te", "trailer", "upgrade", "expect", "accept", "accept-encoding", "baggage", "traceparent", "tracestate",
    };

    public static void Check(IReadOnlyDictionary<string, HeaderSource> headers, List<ValidationIssue> issues)
    {
        foreach (var (name, source) in headers.OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            if (Mistake(name, source) is { } mistake)
            {
                issues.Add(new(OptionPath.Of("$.headers", name), mistake));
            }
        }
    }

    /// <summary>Whether HTTP can carry it: visible ASCII, blanks and tabs.</summary>
    public static bool IsValue(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(ValueLetters);

    private static readonly SearchValues<char> ValueLetters = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code), '\t']);

    private static string? Mistake(string name, HeaderSource source)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameLetters))
        {
            return "That is no header name; use letters, digits and hyphens.";
        }

        if (Reserved.Contains(name))
        {
            return "ChatModels sets this header itself; leave it out.";
        }

        return source switch
        {
            { Literal: null, Secret: null } or { Literal: not null, Secret: not null } => "Give either a value or a secret.",
            { Literal: { } literal } when !IsValue(literal) => "Its value holds characters that a header can't carry; use visible ASCII.",
            _ => null,
        };
    }
}
