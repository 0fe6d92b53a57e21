using ChatModels.Tests.Chat;

namespace ChatModels.Tests.Telemetry;

/// <summary>What <see cref="Testing.SpanText"/> is to say: the tags that all requests and attempts have, those that a test expects besides, and no others.</summary>
internal static class ExpectedSpans
{
    private static readonly string[] Answer =
    [
        "gen_ai.response.finish_reasons = [stop]", "gen_ai.response.id = chatcmpl-fake", "gen_ai.usage.input_tokens = 11", "gen_ai.usage.output_tokens = 7", "http.response.status_code = 200",
    ];

    public static string Of(params string[] spans) => string.Join('\n', spans);

    /// <summary>A request for the model <c>m</c>.</summary>
    /// <param name="host">Whose registry serves it.</param>
    /// <param name="deployment">The provider of the last attempt.</param>
    /// <param name="attempts">How many there were.</param>
    /// <param name="error">How it ended; null for well.</param>
    /// <param name="more">Its other tags.</param>
    public static string Request(ChatHost host, string deployment, int attempts = 1, string? error = null, params string[] more) => Span("", "chat m", "Internal", error,
    [
        $"chatmodels.attempts = {attempts}", $"chatmodels.deployment = {deployment}/{deployment}-model", $"chatmodels.registry.revision = {host.Registry.Current.Head!.Revision}",
        "gen_ai.operation.name = chat", "gen_ai.provider.name = openai", "gen_ai.request.model = m", .. more,
    ]);

    public static string Attempt(string provider, Uri endpoint, int number = 1, string choice = "only", string? error = null, params string[] more) =>
        Span("    ", $"chat {provider}-model", "Client", error,
        [
            $"chatmodels.attempt = {number}", $"chatmodels.choice = {choice}", $"chatmodels.provider.id = {provider}", "gen_ai.operation.name = chat", "gen_ai.provider.name = openai",
            $"gen_ai.request.model = {provider}-model", "server.address = 127.0.0.1", $"server.port = {endpoint.Port}", .. more,
        ]);

    /// <summary>An attempt that brought the fake upstream's answer.</summary>
    public static string Answered(string provider, Uri endpoint, int number = 1, string choice = "only", params string[] more) =>
        Attempt(provider, endpoint, number, choice, error: null, [.. Answer, $"gen_ai.response.model = {provider}-model", .. more]);

    public static string Creation(string provider, Uri endpoint) => Span("    ", "provider creation", "Internal", error: null,
    [
        $"chatmodels.provider.id = {provider}", "chatmodels.provider.type = openai", "gen_ai.provider.name = openai", "server.address = 127.0.0.1", $"server.port = {endpoint.Port}",
    ]);

    // Whose fault is a caller that went away: nobody's.
    private static string Span(string indent, string name, string kind, string? error, string[] tags)
    {
        var status = error is null or "client_closed" ? "Unset" : $"Error: {error}";
        return string.Join('\n', (error is null ? tags : [.. tags, $"error.type = {error}"]).Order(StringComparer.Ordinal).Prepend($"{name} [{kind}, {status}]").Select((line, i) => $"{indent}{(i == 0 ? "" : "  ")}{line}"));
    }
}
