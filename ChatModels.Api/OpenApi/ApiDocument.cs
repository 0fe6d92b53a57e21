using Scalar.AspNetCore;

namespace ChatModels.Api.OpenApi;

/// <summary>The description of this Api at /openapi/v1.json, and a page to read and try it at /scalar; in development only.</summary>
internal static class ApiDocument
{
    public static void AddApiDocument(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
        {
            builder.Services.AddOpenApi(options =>
            {
                options.AddDocumentTransformer<ApiDocumentTransformer>();
                options.AddOperationTransformer<ApiOperationTransformer>();
                options.AddSchemaTransformer<HeaderSettingTransformer>();
            });
        }
    }

    public static WebApplication MapApiDocument(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            app.MapOpenApi();
            // The page asks nobody else for anything: it also has to work where there is no way out, and to tell nobody about us.
            app.MapScalarApiReference(scalar => scalar.DisableDefaultFonts().DisableTelemetry().DisableAgent());
        }

        return app;
    }
}
