using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ChatModels.Api.OpenApi;

internal sealed class ApiDocumentTransformer : IOpenApiDocumentTransformer
{
    private const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ChatModels",
            Version = "v1",
            Description = "One registry of chat model providers for a whole fleet, and an OpenAI-compatible gateway on top of it.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Bearer,
            Description = "The value of a secret that ChatModels:Security:AdminKeys names (everything), or ClientKeys (/v1 only). In development no key is needed on the machine itself.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        BareRoutes.AddTo(document, context.ApplicationServices.GetRequiredService<EndpointDataSource>());
        return Task.CompletedTask;
    }
}
