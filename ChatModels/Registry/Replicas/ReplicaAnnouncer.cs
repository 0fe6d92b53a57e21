using System.Threading.Channels;
using ChatModels.Registry.Sync;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Replicas;

/// <summary>Says every few seconds, and at once after a new snapshot, that this process is alive and what it serves.</summary>
internal sealed partial class ReplicaAnnouncer(
    ReplicaDirectory directory, LiveRegistry live, IOptions<RegistryOptions> options, SteadyRun steady, TimeProvider time, ILogger<ReplicaAnnouncer> logger) : BackgroundService
{
    private readonly Channel<bool> _reasons = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _heard = true;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!await directory.TryWithdrawAsync(cancellationToken))
        {
            LogNotWithdrawn();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => steady.RunAsync(this, RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        live.Changed += Announce;
        await using var timer = time.CreateTimer(_ => Announce(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                Note(await directory.TryAnnounceAsync(stoppingToken));
                // Heard now, because after a wipe it is too late to ask who was there: see RestoreTurn. A failure shows in the next announcement.
                await directory.TryHearAsync(stoppingToken);
                timer.Change(options.Value.AnnounceInterval, Timeout.InfiniteTimeSpan);
                await _reasons.Reader.ReadAsync(stoppingToken);
            }
        }
        finally
        {
            live.Changed -= Announce;
        }
    }

    private void Announce() => _reasons.Writer.TryWrite(true);

    private void Note(bool heard)
    {
        if (heard != _heard && !heard)
        {
            LogUnheard();
        }

        _heard = heard;
    }

    [LoggerMessage(1501, LogLevel.Warning, "The store did not take this process' announcement; other processes will not list it until it does")]
    private partial void LogUnheard();

    [LoggerMessage(1502, LogLevel.Information, "The store did not take this process' leave; other processes will list it a few seconds longer")]
    private partial void LogNotWithdrawn();
}
