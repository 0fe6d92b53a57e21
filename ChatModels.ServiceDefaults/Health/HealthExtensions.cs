using ChatModels.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

public static class HealthExtensions
{
    private const string Live = "live";

    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);

        // It warns of a degraded or unhealthy check at every probe, for as long as an outage lasts; checks log when their state changes.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        return builder;
    }

    /// <summary>
    /// Readiness at /health (every check; degraded is 200) and liveness at /alive, in every environment, because containers are probed in every
    /// environment. Open to anybody, so they say one word and no details.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapProbe(HealthPaths.Health, _ => true);
        app.MapProbe(HealthPaths.Alive, check => check.Tags.Contains(Live));
        return app;
    }

    private static void MapProbe(this WebApplication app, string path, Func<HealthCheckRegistration, bool> predicate) =>
        app.MapHealthChecks(path, new HealthCheckOptions { Predicate = predicate, AllowCachingResponses = false })
            .AllowAnonymous()
            .DisableHttpMetrics();
}
