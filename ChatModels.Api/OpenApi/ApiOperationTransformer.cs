using ChatModels.Api.Apis;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ChatModels.Api.OpenApi;

/// <summary>Describes what every route has and no handler declares: keys, conditions, the revision.</summary>
internal sealed class ApiOperationTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var path = context.Description.RelativePath ?? "";
        var method = context.Description.HttpMethod ?? "";
        operation.Responses ??= [];
        operation.Responses.TryAdd("401", new OpenApiResponse { Description = "No key, or one that is not known." });
        if (!path.StartsWith("registry", StringComparison.Ordinal))
        {
            return Task.CompletedTask;
        }

        operation.Responses.TryAdd("403", new OpenApiResponse { Description = "The key may use /v1 only." });
        foreach (var response in operation.Responses.Where(response => response.Key is not ("401" or "403")).Select(response => response.Value).OfType<OpenApiResponse>())
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[RegistryReads.RevisionHeader] = new OpenApiHeader { Description = "The registry's revision: after a write, the new one.", Schema = Of(JsonSchemaType.Integer) };
        }

        operation.Parameters = [.. operation.Parameters ?? [], .. Parameters(method, path.EndsWith('}') && !path.StartsWith("registry/provider-health", StringComparison.Ordinal))];
        return Task.CompletedTask;
    }

    private static IEnumerable<OpenApiParameter> Parameters(string method, bool isEntity)
    {
        if (HttpMethods.IsGet(method))
        {
            yield return Parameter("minRevision", ParameterLocation.Query, JsonSchemaType.Integer, "Waits up to 5 s until this replica serves at least this revision; then 503.");
        }
        else if (isEntity)
        {
            yield return Parameter("If-Match", ParameterLocation.Header, JsonSchemaType.String, "Only if the entity's ETag is one of these now; * means: only if there is one.");
        }

        if (isEntity && !HttpMethods.IsDelete(method))
        {
            var meaning = HttpMethods.IsGet(method) ? "304 if the entity's ETag is one of these." : "Only *: only if there is none yet.";
            yield return Parameter("If-None-Match", ParameterLocation.Header, JsonSchemaType.String, meaning);
        }
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, JsonSchemaType type, string description) =>
        new() { Name = name, In = place, Description = description, Schema = Of(type) };

    private static OpenApiSchema Of(JsonSchemaType type) => new() { Type = type };
}
