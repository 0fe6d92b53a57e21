using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using ChatModels.Api.Apis;
using ChatModels.Api.Errors;
using ChatModels.Api.Hosting;
using ChatModels.Api.OpenApi;
using ChatModels.Api.Security;
using ChatModels.Api.Telemetry;
using ChatModels.Api.Wire;
using ChatModels.Security;

namespace ChatModels.Api;

internal static class ApiExtensions
{
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = InlineSockets.Enabled;

            // A call to the kernel less for each request, for 4 KB more of each connection that is waiting.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestSize.Most;
        });
        // Bound once, not followed: a key withdrawn while the host runs has to lock its bearer out, not to throw at whoever reloads the configuration.
        builder.Services.AddOptionsWithValidateOnStart<SecurityOptions, SecurityOptionsValidator>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection(SecurityOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true));
        builder.Services.AddSingleton<AccessKeys>();
        builder.Services.AddSingleton<FailureLog>();
        builder.Services.AddSingleton<ServerTelemetry>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default);
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            // Nothing here is ever put into a web page; names with a plus sign stay readable.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        builder.AddApiDocument();
        return builder;
    }

    public static WebApplication UseApi(this WebApplication app)
    {
        if (InlineSockets.Enabled)
        {
            app.UseMiddleware<PoolThreads>();
        }

        app.UseMiddleware<EdgeMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/registry"), registry => registry.Use(RegistryReads.NameRevisionAsync));
        return app;
    }
}
