using Microsoft.AspNetCore.Http;

namespace ChatModels.ServiceDefaults.Security;

/// <summary>Finds the key in a request: a bearer token, or under /v1 also the headers that Azure's and Anthropic's clients use.</summary>
public static class Credentials
{
    private const string Scheme = "Bearer ";

    public static ReadOnlySpan<char> Of(HttpRequest request, bool isOpenAi)
    {
        var authorization = request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            return authorization is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? only.AsSpan(Scheme.Length).Trim() : default;
        }

        return isOpenAi ? Single(request, "api-key") ?? Single(request, "x-api-key") : default;
    }

    private static string? Single(HttpRequest request, string header) => request.Headers[header] is [{ Length: > 0 } only] ? only : null;
}
