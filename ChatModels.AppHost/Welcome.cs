namespace ChatModels.AppHost;

/// <summary>What the console says at the end of the start, with and without Aspire.</summary>
internal static class Welcome
{
    public static string[] Lines(string apiUrl, string workerUrl) =>
    [
        "",
        "ChatModels is running. Ctrl+C stops it.",
        $"  Api        {apiUrl}",
        $"  Reference  {apiUrl}/scalar",
        $"  Worker     {workerUrl}",
        $$"""  Try        curl {{apiUrl}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"sim-fast","messages":[{"role":"user","content":"Hello"}]}'""",
        $"  Refresh    POST {apiUrl}/registry/refresh: compare the Api's registry with Redis now",
        $"  Drain      POST {workerUrl}/drain: finish what runs and begin nothing new; DELETE ends it",
    ];

    public static string Dashboard(string url) => $"  Dashboard  {url}";
}
