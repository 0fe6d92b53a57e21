using ChatModels.Registry;
using ChatModels.Registry.Sync;
using Microsoft.Extensions.Hosting;

namespace ChatModels.Chat.Health;

/// <summary>Keeps the table of deployments to what the registry has, after every publication and off the requests' path.</summary>
internal sealed class DeploymentFollower(DeploymentTable table, LiveRegistry live, SteadyRun steady) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => steady.RunAsync(this, RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var next = live.NextPublication;
            table.Follow();
            await next.WaitAsync(stoppingToken).ConfigureAwait(false);
        }
    }
}
