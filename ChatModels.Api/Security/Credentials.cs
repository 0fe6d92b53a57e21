namespace ChatModels.Api.Security;

/// <summary>Finds the key in a request: a bearer token, or under /v1 also the headers that Azure's and Anthropic's clients use.</summary>
internal static class Credentials
{
    private const string Scheme = "Bearer ";

    public static Presented Of(HttpRequest request, bool isOpenAi)
    {
        var authorization = request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            return authorization is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? new(only, only.AsSpan(Scheme.Length).Trim()) : default;
        }

        return (isOpenAi ? Single(request, "api-key") ?? Single(request, "x-api-key") : null) is { } header ? new(header, header) : default;
    }

    private static string? Single(HttpRequest request, string header) => request.Headers[header] is [{ Length: > 0 } only] ? only : null;
}

/// <summary>A key as it was presented, and the header that it stands in; null where there is none.</summary>
internal readonly ref struct Presented(string? header, ReadOnlySpan<char> key)
{
    public string? Header { get; } = header;

    public ReadOnlySpan<char> Key { get; } = key;
}
