using Microsoft.AspNetCore.Http;

namespace ChatModels.ServiceDefaults.Security;

/// <summary>Finds the key in a request: a bearer token, or under /v1 also the headers that Azure's and Anthropic's clients use.</summary>
public static class Credentials
{
    private const string Scheme = "Bearer ";

    /// <param name="request">The request.</param>
    /// <param name="isOpenAi">Whether it goes to /v1.</param>
    /// <param name="header">The whole header that the key stands in; null where there is none.</param>
    public static ReadOnlySpan<char> Of(HttpRequest request, bool isOpenAi, out string? header)
    {
        ArgumentNullException.ThrowIfNull(request);
        var authorization = request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            header = authorization is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? only : null;
            return header is null ? default : header.AsSpan(Scheme.Length).Trim();
        }

        header = isOpenAi ? Single(request, "api-key") ?? Single(request, "x-api-key") : null;
        return header;
    }

    private static string? Single(HttpRequest request, string header) => request.Headers[header] is [{ Length: > 0 } only] ? only : null;
}
