using ChatModels.Api.Wire;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace ChatModels.Api.OpenApi;

/// <summary>Describes the routes of the hot path: they are bare request delegates, which the generator does not see.</summary>
internal static class BareRoutes
{
    public static void AddTo(OpenApiDocument document, EndpointDataSource routes)
    {
        foreach (var route in routes.Endpoints.OfType<RouteEndpoint>())
        {
            var path = route.RoutePattern.RawText?.TrimEnd('/');
            if (path?.StartsWith("/v1/", StringComparison.Ordinal) is true && route.RoutePattern.Parameters is [] && !document.Paths.ContainsKey(path))
            {
                document.Paths.Add(path, Describe(route, document));
            }
        }
    }

    private static OpenApiPathItem Describe(RouteEndpoint route, OpenApiDocument document)
    {
        var item = new OpenApiPathItem();
        foreach (var method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
        {
            item.AddOperation(HttpMethod.Parse(method), Operation(route, document));
        }

        return item;
    }

    private static OpenApiOperation Operation(RouteEndpoint route, OpenApiDocument document) => new()
    {
        OperationId = route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName,
        Summary = route.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary,
        Tags = route.Metadata.GetMetadata<ITagsMetadata>()?.Tags.Select(tag => new OpenApiTagReference(tag, document)).ToHashSet(),
        RequestBody = new OpenApiRequestBody { Required = true, Description = $"As {VendorOf(route)}'s API takes it; fields that are not known here go upstream as they are.", Content = Json(Request(PromptOf(route))) },
        Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = $"As {VendorOf(route)}'s API answers: whole, or with \"stream\": true (where that API has it) as server-sent events.",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new(), ["text/event-stream"] = new() },
            },
            ["default"] = new OpenApiResponse { Description = "A failure.", Content = Json(new OpenApiSchemaReference(nameof(OpenAiErrorView), document)) },
        },
    };

    private static Dictionary<string, OpenApiMediaType> Json(IOpenApiSchema schema) => new() { ["application/json"] = new OpenApiMediaType { Schema = schema } };

    private static string VendorOf(RouteEndpoint route) => route.RoutePattern.RawText?.StartsWith("/v1/messages", StringComparison.Ordinal) is true ? "Anthropic" : "OpenAI";

    private static string PromptOf(RouteEndpoint route) => route.RoutePattern.RawText is "/v1/embeddings" ? "input" : "messages";

    private static OpenApiSchema Request(string prompt) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["model"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A model's name or alias." },
            [prompt] = prompt == "input"
                ? new OpenApiSchema { Description = "A string, or an array of strings or tokens." }
                : new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } },
            ["stream"] = new OpenApiSchema { Type = JsonSchemaType.Boolean },
        },
        Required = new HashSet<string> { "model", prompt },
    };
}
