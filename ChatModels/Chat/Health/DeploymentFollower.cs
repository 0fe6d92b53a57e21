using ChatModels.Registry.Sync;
using Microsoft.Extensions.Hosting;

namespace ChatModels.Chat.Health;

/// <summary>Keeps the table of deployments to what the registry has, after every publication and off the requests' path.</summary>
internal sealed class DeploymentFollower(DeploymentTable table, LiveRegistry live) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var next = live.NextPublication;
            table.Follow(live.Current);
            await next.WaitAsync(stoppingToken).ConfigureAwait(false);
        }
    }
}
