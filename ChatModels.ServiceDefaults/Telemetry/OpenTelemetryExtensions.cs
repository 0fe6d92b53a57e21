using ChatModels.ServiceDefaults.Health;
using ChatModels.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

public static class OpenTelemetryExtensions
{
    /// <summary>
    /// Logs, metrics and traces over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set, as much of them as the level says. Otherwise nothing is registered: a provider
    /// without an exporter would still sample each request, create its spans and add up its metrics, for nobody.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="tellsOfRequests">Whether spans and metrics tell of the requests that the service answers; false for a service that does so itself.</param>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder, bool tellsOfRequests = true) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDefaults();
        var settings = TelemetrySettings.Read(builder.Configuration);
        if (settings.SdkValues.Count > 0)
        {
            builder.Configuration.AddInMemoryCollection(settings.SdkValues);
        }

        var delivery = new Delivery(TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(delivery);
        builder.Services.AddHostedService<TelemetryReport>();
        if (settings.Records)
        {
            builder.Record(settings, delivery, tellsOfRequests);
        }

        return builder;
    }

    /// <summary>Metrics for Prometheus at /metrics, where ChatModels:Telemetry:Prometheus asks for them. Not open: whoever maps it guards it.</summary>
    public static WebApplication MapPrometheus(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.Services.GetService<TelemetrySettings>() is { Prometheus: true, Records: true } && app.Services.GetService<MeterProvider>() is not NoOpTelemetryExtensions.NoMeterProvider)
        {
            app.MapPrometheusScrapingEndpoint("/metrics").DisableHttpMetrics();
        }

        return app;
    }

    private static void Record(this IHostApplicationBuilder builder, TelemetrySettings settings, Delivery delivery, bool tellsOfRequests)
    {
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            AddMeters(metrics);
            if (tellsOfRequests)
            {
                AddRequestMeters(metrics);
            }

            if (settings.Prometheus)
            {
                metrics.AddPrometheusExporter();
            }
        });
        if (!settings.Exports)
        {
            return;
        }

        var configuration = builder.Configuration;
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(Deliver));
        telemetry.WithLogging(
            logging => logging.AddOtlpExporter(Deliver),
            logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
            });
        if (settings.Sampler is { } sampler)
        {
            // Nothing here reads baggage, and a caller's would be taken in and carried along with each request.
            Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
            telemetry.WithTracing(tracing =>
            {
                AddSources(tracing, builder.Environment.ApplicationName).SetSampler(sampler).AddOtlpExporter(Deliver);
                if (tellsOfRequests)
                {
                    tracing.AddAspNetCoreInstrumentation(server => server.Filter = IsNoProbe);
                }
            });
        }

        // Not in place of the client that is made from certificates; then nobody sees whether it arrives.
        void Deliver(OtlpExporterOptions options) => options.HttpClientFactory = HasCertificates(configuration)
            ? options.HttpClientFactory
            : () => new HttpClient(new DeliveryHandler(delivery)) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds) };
    }

    private static void AddMeters(MeterProviderBuilder metrics) => metrics
        .AddMeter(ChatModelsSource.Name, "Microsoft.AspNetCore.Server.Kestrel")
        .AddHttpClientInstrumentation()
        .AddRuntimeInstrumentation();

    // ASP.NET Core's meter by name: its instrumentation package adds a dozen more, which count each request's route and each look-up again, and a middleware.
    // Without the requests under way, which the HTTP conventions leave to choice: chatmodels.provider.active has them by provider.
    private static void AddRequestMeters(MeterProviderBuilder metrics) => metrics
        .AddMeter("Microsoft.AspNetCore.Hosting")
        .AddView("http.server.active_requests", MetricStreamConfiguration.Drop);

    private static TracerProviderBuilder AddSources(TracerProviderBuilder tracing, string applicationName) => tracing
        .AddSource(ChatModelsSource.Name, applicationName)
        .AddHttpClientInstrumentation(client => client.FilterHttpRequestMessage = _ => !ChatModelsSource.IsCallingAProvider());

    private static bool IsNoProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthPaths.Health) && !context.Request.Path.StartsWithSegments(HealthPaths.Alive);

    private static bool HasCertificates(IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_CERTIFICATE"]) || !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"]);

    // First of all sources, so that whoever sets these anywhere is obeyed; the SDK reads them from the configuration. The second one has events exported with their ids.
    private static void AddDefaults(this IHostApplicationBuilder builder) => builder.Configuration.Sources.Insert(
        0, new MemoryConfigurationSource
        {
            InitialData = [new(OtelVariables.SpanQueue, OtelVariables.SpanQueueSize), new("OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EVENT_LOG_ATTRIBUTES", "true")],
        });
}
