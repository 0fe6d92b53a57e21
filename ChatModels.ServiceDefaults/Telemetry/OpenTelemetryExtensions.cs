using ChatModels.ServiceDefaults.Health;
using ChatModels.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

public static class OpenTelemetryExtensions
{
    // The default queue of 2,048 spans overflows under load, silently. 16,384 are some 25 MB at worst.
    private const string SpanQueueSize = "16384";

    /// <summary>
    /// Logs, metrics and traces over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set. Otherwise nothing is registered: a provider without an exporter
    /// would still sample each request, create its spans and add up its metrics, for nobody.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return builder;
        }

        builder.EnlargeSpanQueue();
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(AddMeters);
        if (!builder.NeverSamples())
        {
            telemetry.WithTracing(tracing => AddSources(tracing, builder.Environment.ApplicationName));
        }

        telemetry.UseOtlpExporter();
        return builder;
    }

    // A sampler that never says yes still has an activity made for each request, to be asked about: 1.4 KB and a tenth of a request's time.
    private static bool NeverSamples(this IHostApplicationBuilder builder) => builder.Configuration["OTEL_TRACES_SAMPLER"] == "always_off";

    // ASP.NET Core's meters by name: its instrumentation package adds a dozen more, which count each request's route and each look-up again, and a middleware.
    private static void AddMeters(MeterProviderBuilder metrics) => metrics
        .AddMeter(ChatModelsSource.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
        .AddHttpClientInstrumentation()
        .AddRuntimeInstrumentation();

    private static void AddSources(TracerProviderBuilder tracing, string applicationName) => tracing
        .AddSource(ChatModelsSource.Name, applicationName)
        .AddAspNetCoreInstrumentation(server => server.Filter = IsNoProbe)
        .AddHttpClientInstrumentation(client => client.FilterHttpRequestMessage = _ => !ChatModelsSource.IsCallingAProvider());

    private static bool IsNoProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthPaths.Health) && !context.Request.Path.StartsWithSegments(HealthPaths.Alive);

    // First of all sources, so that whoever sets OTEL_BSP_MAX_QUEUE_SIZE anywhere is obeyed; the SDK reads it from the configuration.
    private static void EnlargeSpanQueue(this IHostApplicationBuilder builder) => builder.Configuration.Sources.Insert(
        0, new MemoryConfigurationSource { InitialData = [new("OTEL_BSP_MAX_QUEUE_SIZE", SpanQueueSize)] });
}
