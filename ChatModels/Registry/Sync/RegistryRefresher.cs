using System.Threading.Channels;
using ChatModels.Registry.Stores;
using ChatModels.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Sync;

/// <summary>Keeps the snapshot at the store's newest revision: a hint, a changed secret and a timer all end in the same comparison.</summary>
internal sealed partial class RegistryRefresher(
    IRegistryStore store,
    RegistrySynchronizer synchronizer,
    EmptyStore emptyStore,
    LiveRegistry live,
    SecretStore secrets,
    RegistryMetrics metrics,
    Chance chance,
    IOptions<RegistryOptions> options,
    TimeProvider time,
    ILogger<RegistryRefresher> logger) : BackgroundService
{
    // One reason to look is as good as many.
    private readonly Channel<bool> _reasons = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    // A host that has started has its registry, if its store answers at once; one whose store does not still starts.
    private static readonly TimeSpan FirstTurn = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _turned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _lastDefect;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await _turned.Task.WaitAsync(FirstTurn, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Makes one comparison, and what follows from it. Returns when to make the next.</summary>
    public Task<TimeSpan> RefreshAsync(CancellationToken cancellationToken) =>
        synchronizer.ExclusivelyAsync(() => CompareAsync(cancellationToken), cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.Hinted += Look;
        secrets.Changed += Look;
        await using var timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                timer.Change(await TurnAsync(stoppingToken), Timeout.InfiniteTimeSpan);
                _turned.TrySetResult();
                await _reasons.Reader.ReadAsync(stoppingToken);
            }
        }
        finally
        {
            store.Hinted -= Look;
            secrets.Changed -= Look;
            _turned.TrySetResult();
        }
    }

    private void Look() => _reasons.Writer.TryWrite(true);

    private async Task<TimeSpan> TurnAsync(CancellationToken stoppingToken)
    {
        try
        {
            var next = await RefreshAsync(stoppingToken);
            _lastDefect = null;
            return next;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception defect)
        {
            // A defect must not end the loop, nor fill the log: it is told once, until it is another or gone.
            live.Doubt($"Comparing with the store failed: {defect.Message}");
            if (_lastDefect != defect.Message)
            {
                LogDefect(defect);
            }

            _lastDefect = defect.Message;
            return Pause();
        }
    }

    private async Task<TimeSpan> CompareAsync(CancellationToken cancellationToken)
    {
        synchronizer.Reconsider();
        var started = time.GetTimestamp();
        var outcome = await synchronizer.BringToHeadAsync(cancellationToken);
        metrics.Refreshed(outcome, time.GetElapsedTime(started));
        if (outcome == SyncOutcome.Empty)
        {
            // Another process may fill the store long before this one would, and the hint of it may be lost.
            var untilItActs = await emptyStore.ActAsync(cancellationToken);
            var pause = Pause();
            return untilItActs < pause ? untilItActs : pause;
        }

        if (outcome == SyncOutcome.AtHead)
        {
            await synchronizer.LearnLineageAsync(cancellationToken);
        }

        // A store that can't be asked may still be empty: only a head ends the wait.
        if (outcome != SyncOutcome.Unavailable)
        {
            emptyStore.Forget();
        }

        return Pause();
    }

    private TimeSpan Pause() => chance.Between(options.Value.RefreshMinimum, options.Value.RefreshMaximum);

    [LoggerMessage(1121, LogLevel.Error, "Comparing the registry with its store failed; it is tried again")]
    private partial void LogDefect(Exception exception);
}
