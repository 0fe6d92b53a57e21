namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Something within the request: <c>data:image/png;base64,...</c>.</summary>
internal readonly record struct DataUrl(string MediaType, string Base64)
{
    public static DataUrl? Read(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Parameters such as a charset may stand between the type and the encoding.
        var head = url["data:".Length..comma].Split(';');
        return head[^1].Equals("base64", StringComparison.OrdinalIgnoreCase)
            ? new DataUrl(head[0].ToLowerInvariant() is "image/jpg" ? "image/jpeg" : head[0].ToLowerInvariant(), url[(comma + 1)..])
            : null;
    }
}
