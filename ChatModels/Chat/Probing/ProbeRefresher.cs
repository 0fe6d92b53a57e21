using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Probing;

/// <summary>Brings what other processes have found into this one's memory, every few seconds and off the requests' path.</summary>
internal sealed class ProbeRefresher(IProbeBoard board, ProbeTable table, ModelRegistry registry, IOptions<ProbeOptions> options, SteadyRun steady, TimeProvider time)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => steady.RunAsync(this, RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, time);
        do
        {
            try
            {
                foreach (var (provider, result) in await board.ReadAsync(stoppingToken))
                {
                    if (registry.Current.ProviderTable.ContainsKey(provider))
                    {
                        table.Note(provider, result);
                    }
                }
            }
            catch (StoreUnavailableException)
            {
                // The registry says that the store is down; what is known here fades by its age.
            }

            table.Follow(registry);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
