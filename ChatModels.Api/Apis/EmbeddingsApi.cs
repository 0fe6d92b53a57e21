using ChatModels.Api.Telemetry;
using ChatModels.Chat;
using ChatModels.Providers;

namespace ChatModels.Api.Apis;

/// <summary>Embeddings as OpenAI's clients ask for them.</summary>
internal static class EmbeddingsApi
{
    public static IEndpointRouteBuilder MapEmbeddingsApi(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<ChatPipeline>();
        routes.MapPost("/v1/embeddings", (RequestDelegate)(http => ChatSurface.AnswerAsync(http, pipeline, UpstreamOperation.Embeddings)))
            .WithMetadata(new LastRequestKind())
            .WithName("CreateEmbeddings")
            .WithTags("Embeddings")
            .WithSummary("Gives the embeddings of one or more texts in OpenAI's wire format, by whatever provider serves the model.");
        return routes;
    }
}
