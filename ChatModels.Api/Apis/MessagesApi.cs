using ChatModels.Api.Telemetry;
using ChatModels.Chat;
using ChatModels.Providers;

namespace ChatModels.Api.Apis;

/// <summary>Messages as Anthropic's clients ask for them.</summary>
internal static class MessagesApi
{
    private const int LongestHeader = 1024;

    // What of the caller's headers an Anthropic provider is to see: the protocol's version, and the features that the body makes use of.
    private static readonly string[] Forwarded = ["anthropic-version", "anthropic-beta"];

    public static IEndpointRouteBuilder MapMessagesApi(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<ChatPipeline>();
        routes.MapPost("/v1/messages", (RequestDelegate)(http => AnswerAsync(http, pipeline, UpstreamOperation.Messages)))
            .WithMetadata(new LastRequestKind())
            .WithName("CreateMessage")
            .WithTags("Messages")
            .WithSummary("Answers a request in Anthropic's wire format, streaming or not, by whatever provider serves the model.");
        routes.MapPost("/v1/messages/count_tokens", (RequestDelegate)(http => AnswerAsync(http, pipeline, UpstreamOperation.CountTokens)))
            .WithName("CountMessageTokens")
            .WithTags("Messages")
            .WithSummary("Counts the tokens of a request in Anthropic's wire format, by a provider of type anthropic; other providers have nothing like it.");
        return routes;
    }

    private static Task AnswerAsync(HttpContext http, ChatPipeline pipeline, UpstreamOperation operation)
    {
        // The name by which Anthropic's clients know it.
        http.Response.Headers["request-id"] = http.Response.Headers["x-request-id"];
        return ChatSurface.AnswerAsync(http, pipeline, operation, HeadersOf(http.Request));
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpRequest request)
    {
        List<KeyValuePair<string, string>> headers = [];
        foreach (var name in Forwarded)
        {
            if (request.Headers[name].ToString() is { Length: > 0 and <= LongestHeader } value && ProviderHeaders.IsValue(value))
            {
                headers.Add(new(name, value));
            }
        }

        return headers;
    }
}
