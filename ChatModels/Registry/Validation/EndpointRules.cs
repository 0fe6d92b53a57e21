namespace ChatModels.Registry.Validation;

/// <summary>What a provider's endpoint may be.</summary>
internal static class EndpointRules
{
    private const int MaxLength = 2_048;

    public static void Check(string? endpoint, IssueList issues)
    {
        if (endpoint is null)
        {
            return;
        }

        if (endpoint.Length > MaxLength || !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Host.Length == 0
            || uri.Scheme is not ("http" or "https" or "https+http" or "http+https"))
        {
            issues.Add(".endpoint", "The endpoint must be an absolute http or https address such as https://api.openai.com/v1, or https+http://name for a service of the same application.");
            return;
        }

        if (uri.UserInfo.Length > 0)
        {
            issues.Add(".endpoint", "The endpoint holds a user name or password; take it out, and give it as apiKey or as a header with a secret reference.");
        }

        if (uri.Fragment.Length > 0)
        {
            issues.Add(".endpoint", "The endpoint has a fragment ('#...'), which is never sent; take it out.");
        }

        foreach (var name in QueryNames(uri).Where(SecretWords.Carries))
        {
            issues.Add(".endpoint", $"The endpoint's query parameter '{name}' looks like a key; take it out, and give it as apiKey or as a header with a secret reference.");
        }
    }

    private static IEnumerable<string> QueryNames(Uri uri) =>
        uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => Uri.UnescapeDataString(pair.Split('=')[0]));
}
