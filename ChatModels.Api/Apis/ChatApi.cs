using ChatModels.Api.Telemetry;
using ChatModels.Chat;
using ChatModels.Providers;

namespace ChatModels.Api.Apis;

/// <summary>Chat completions as OpenAI's clients ask for them.</summary>
internal static class ChatApi
{
    public static IEndpointRouteBuilder MapChatApi(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<ChatPipeline>();
        routes.MapPost("/v1/chat/completions", (RequestDelegate)(http => ChatSurface.AnswerAsync(http, pipeline, UpstreamOperation.ChatCompletions)))
            .WithMetadata(new LastRequestKind())
            .WithName("CreateChatCompletion")
            .WithTags("Chat")
            .WithSummary("Answers a chat request in OpenAI's wire format, streaming or not, by whatever provider serves the model.");
        return routes;
    }
}
