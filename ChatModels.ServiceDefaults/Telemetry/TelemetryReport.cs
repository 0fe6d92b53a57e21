using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>Tells what is wrong with telemetry, each thing once; and sends the last of it when the host has stopped.</summary>
internal sealed partial class TelemetryReport(TelemetrySettings settings, Delivery delivery, IServiceProvider services, ILogger<TelemetryReport> logger) : IHostedLifecycleService
{
    /// <summary>What a collector that hangs may cost a stop. The providers alone would wait for it one after the other, five seconds each.</summary>
    public static readonly TimeSpan LastExport = TimeSpan.FromSeconds(2);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var (setting, wanted, instead) in settings.Mistakes)
        {
            LogMistake(setting, wanted, instead);
        }

        if (settings.Exports)
        {
            delivery.Follow(Tell);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var most = (int)LastExport.TotalMilliseconds;
        Task last = Task.WhenAll(
            Task.Run(() => Get<TracerProvider>()?.Shutdown(most), CancellationToken.None),
            Task.Run(() => Get<MeterProvider>()?.Shutdown(most), CancellationToken.None),
            Task.Run(() => Get<LoggerProvider>()?.Shutdown(most), CancellationToken.None));
        await last.WaitAsync(LastExport, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Tell(string? trouble)
    {
        if (trouble is null)
        {
            LogDelivered();
        }
        else
        {
            LogNotDelivered(OtelVariables.Endpoint, trouble);
        }
    }

    private T? Get<T>() where T : class => services.GetService(typeof(T)) as T;

    [LoggerMessage(6101, LogLevel.Warning, "{Setting} is not {Wanted}; used in its place: {Instead}")]
    private partial void LogMistake(string setting, string wanted, string instead);

    [LoggerMessage(6102, LogLevel.Warning, "Telemetry does not reach the collector that {Setting} names: {Reason}. The service runs without it, keeps a bounded part of it, and goes on trying")]
    private partial void LogNotDelivered(string setting, string reason);

    [LoggerMessage(6103, LogLevel.Information, "Telemetry reaches its collector again")]
    private partial void LogDelivered();
}
