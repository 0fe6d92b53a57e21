using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>The no-op twins of the telemetry providers.</summary>
public static class NoOpTelemetryExtensions
{
    /// <summary>For tests: whatever configuration and environment say, nothing listens to this host's spans and metrics, and nothing is sent. May be called before or after the defaults.</summary>
    public static TBuilder UseNoOpTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<TracerProvider, NoTracerProvider>();
        builder.Services.AddSingleton<MeterProvider, NoMeterProvider>();
        builder.Services.AddSingleton<LoggerProvider, NoLoggerProvider>();
        return builder;
    }

    private sealed class NoTracerProvider : TracerProvider;

    internal sealed class NoMeterProvider : MeterProvider;

    private sealed class NoLoggerProvider : LoggerProvider;
}
