using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatModels.Registry;

/// <summary>Runs background services for as long as their host runs, also where something in them is broken: a host ends with a service that throws, and all its requests with it.</summary>
internal sealed partial class SteadyRun(TimeProvider time, ILogger<SteadyRun> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Begins anew after what nobody expected, which is told once until it is something else.</summary>
    public async Task RunAsync(BackgroundService service, Func<CancellationToken, Task> run, CancellationToken stoppingToken)
    {
        string? told = null;
        while (true)
        {
            try
            {
                await run(stoppingToken);
                return;
            }
            catch (Exception defect) when (!stoppingToken.IsCancellationRequested)
            {
                if (told != defect.Message)
                {
                    LogDefect(service.GetType().Name, Pause, defect);
                }

                told = defect.Message;
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    [LoggerMessage(1601, LogLevel.Error, "{Service} failed unexpectedly; it begins anew in {Pause}")]
    private partial void LogDefect(string service, TimeSpan pause, Exception exception);
}
