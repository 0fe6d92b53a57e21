using ChatModels.ServiceDefaults.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the application has in common: telemetry, health, service discovery, resilient HTTP.</summary>
public static class ServiceDefaultsExtensions
{
    /// <param name="builder">The service.</param>
    /// <param name="tellsOfRequests">Whether telemetry tells of the requests that the service answers, as ASP.NET Core and its instrumentation do; false for a service that does so itself.</param>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder, bool tellsOfRequests = true) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConfigureOpenTelemetry(tellsOfRequests);
        builder.AddDefaultHealthChecks();
        builder.Services.AddServiceDiscovery();
        builder.Services.AddHttpClientDefaults();
        return builder;
    }
}
