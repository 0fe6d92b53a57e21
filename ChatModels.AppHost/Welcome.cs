namespace ChatModels.AppHost;

/// <summary>What the console says at the end of the start, with and without Aspire.</summary>
internal static class Welcome
{
    public static string[] Lines(string apiUrl) =>
    [
        "",
        "ChatModels is running. Ctrl+C stops it.",
        $"  Api        {apiUrl}",
        $$"""  Try        curl {{apiUrl}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"sim-fast","messages":[{"role":"user","content":"Hello"}]}'""",
    ];

    public static string Dashboard(string url) => $"  Dashboard  {url}";
}
