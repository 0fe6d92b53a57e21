namespace ChatModels.Providers;

/// <summary>What a provider's base address may be, and how paths are put to it.</summary>
internal static class ProviderEndpoint
{
    /// <summary>What is wrong with it and the cure; null when it can be used.</summary>
    public static string? Mistake(Uri endpoint)
    {
        if (!endpoint.IsAbsoluteUri || !(endpoint.Scheme is "http" or "https" || NeedsDiscovery(endpoint)) || endpoint.Host.Length == 0)
        {
            return "Give an absolute address: https://host/path, http://host/path or https+http://service.";
        }

        if (endpoint.UserInfo.Length > 0)
        {
            return "It holds a user name or password; name the secret in apiKey or headers instead.";
        }

        return endpoint.Fragment.Length > 0 ? "It has a fragment (#...), which is never sent; leave it out." : null;
    }

    /// <summary>Whether it names a service rather than a host.</summary>
    public static bool NeedsDiscovery(Uri endpoint) => endpoint.Scheme is "https+http" or "http+https";

    /// <summary>The address of <paramref name="path"/> under the base: with or without a slash at its end, and its query kept.</summary>
    public static Uri Append(Uri endpoint, string path)
    {
        var address = new UriBuilder(endpoint);
        address.Path = $"{address.Path.TrimEnd('/')}/{path}";
        return address.Uri;
    }
}
