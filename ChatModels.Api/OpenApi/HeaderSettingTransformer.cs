using ChatModels.Registry;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ChatModels.Api.OpenApi;

/// <summary>Describes a provider's headers, whose values are read by a converter that no generator understands.</summary>
internal sealed class HeaderSettingTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.ElementType == typeof(HeaderSetting))
        {
            schema.AdditionalProperties = new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, Reference()] };
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema Reference() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { ["secret"] = new OpenApiSchema { Type = JsonSchemaType.String } },
        Required = new HashSet<string> { "secret" },
        AdditionalPropertiesAllowed = false,
    };
}
