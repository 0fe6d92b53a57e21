using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Probing;

/// <summary>Probes all providers every so often, if this process is the fleet's one prober: whoever holds the lease is, for two rounds at most after its last sign.</summary>
internal sealed partial class ProviderProber(
    IProbeBoard board, ProviderProbes probes, ModelRegistry registry, ReplicaIdentity replica, Chance chance, IOptions<ProbeOptions> options, SteadyRun steady, TimeProvider time,
    ILogger<ProviderProber> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);
    private bool _holds;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!_holds)
        {
            return;
        }

        try
        {
            await board.ReleaseAsync(replica.Id, cancellationToken).WaitAsync(LastWord, time, cancellationToken);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException)
        {
            LogNotReleased();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => steady.RunAsync(this, RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var interval = options.Value.Interval;
        await Task.Delay(chance.Between(TimeSpan.Zero, interval < FirstRound ? interval : FirstRound), time, stoppingToken);
        while (true)
        {
            await TurnAsync(interval, stoppingToken);
            await Task.Delay(chance.Between(interval * 0.9, interval * 1.1), time, stoppingToken);
        }
    }

    private async Task TurnAsync(TimeSpan interval, CancellationToken stoppingToken)
    {
        using var limit = new CancellationTokenSource(interval, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            Note(await board.TryHoldAsync(replica.Id, interval * 2, stop.Token));
            if (_holds)
            {
                await probes.RoundAsync(registry.Current, stop.Token);
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            LogTooLong(interval);
        }
        catch (StoreUnavailableException)
        {
            Note(false);
        }
    }

    private void Note(bool holds)
    {
        if (holds != _holds)
        {
            _holds = holds;
            LogRole(holds ? "probes the providers" : "does not probe the providers any longer");
        }
    }

    [LoggerMessage(3211, LogLevel.Information, "This process {What} for the fleet")]
    private partial void LogRole(string what);

    [LoggerMessage(3212, LogLevel.Warning, "A round of probes took longer than {Interval}; what was not asked is asked in the next one (ChatModels:Probes:Parallelism makes rounds shorter)")]
    private partial void LogTooLong(TimeSpan interval);

    [LoggerMessage(3213, LogLevel.Information, "The store did not take the prober's lease back; another process probes after two rounds")]
    private partial void LogNotReleased();
}
