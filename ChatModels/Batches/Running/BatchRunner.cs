using System.Text.Json;
using ChatModels.Batches.Stores;
using ChatModels.Registry.Stores;

namespace ChatModels.Batches.Running;

/// <summary>A worker: looks for open batches, validates them, claims their chunks, and finishes them. Any number of workers may do so side by side.</summary>
internal sealed partial class BatchRunner(RunnerContext context, FleetPace pace, Action<QueueStanding> tell) : IDisposable
{
    // However small the chunks are that wait for their turn.
    private const int MostHeld = 32;
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly WorkerLife _life = new();
    private readonly List<BatchJob> _jobs = [];
    private readonly HashSet<Task> _tasks = [];
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private long _listed;
    private long _refreshed;
    private int _turn;
    private bool _isDown;
    private bool _isDrained;

    /// <summary>Works until told to stop; then lines under way are finished, for a time, and the rest is handed back.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await TurnAsync(stopping);
            await context.Wake.WaitAsync(context.Options.PollInterval, context.Time, stopping);
        }

        await DrainAsync();
    }

    public void Dispose()
    {
        _life.Dispose();
        foreach (var job in _jobs)
        {
            job.Dispose();
        }

        context.Dispose();
    }

    private async Task TurnAsync(CancellationToken stopping)
    {
        NoteDrain();
        try
        {
            await ListAsync(stopping);
            await AdvanceAsync(stopping);
            await ClaimAsync(stopping);
            if (_isDown)
            {
                _isDown = false;
                context.LogStoreUp();
            }
        }
        catch (StoreUnavailableException exception)
        {
            if (!_isDown)
            {
                _isDown = true;
                context.LogStoreDown(exception.Message);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Drained by the caller.
        }
        catch (Exception exception)
        {
            // The boundary of a turn: the next one may fare better, and nobody else would tell.
            context.LogFailed(exception, "");
        }
    }

    private void NoteDrain()
    {
        if (_isDrained == context.IsDraining())
        {
            return;
        }

        _isDrained = !_isDrained;
        if (_isDrained)
        {
            context.LogDrained(_jobs.Sum(job => job.Held));
        }
        else
        {
            context.LogTakesWork();
        }
    }

    private async Task ListAsync(CancellationToken stopping)
    {
        if (!IsDue(ref _listed, context.Options.PollInterval))
        {
            return;
        }

        var open = await context.Store.ListOpenAsync(stopping);
        foreach (var job in _jobs.Where(job => job.IsClosed && open.Contains(job.Record.Id)))
        {
            job.IsClosed = false; // A store that was killed has forgotten it.
        }

        foreach (var id in open.Except(_jobs.Select(job => job.Record.Id), StringComparer.Ordinal).ToList())
        {
            if (await context.Store.FindAsync(RecordKind.Batch, id, stopping) is { } record && Read(id, record) is { } batch)
            {
                _jobs.Add(new BatchJob(context, _life, batch));
            }
        }

        foreach (var job in _jobs.Where(job => job.Held == 0 && !_busy.Contains(job.Record.Id) && !open.Contains(job.Record.Id)).ToList())
        {
            _jobs.Remove(job);
            job.Dispose();
        }
    }

    // One that can't be read must not keep the others from running; perhaps a newer version can.
    private BatchRecord? Read(string id, ReadOnlyMemory<byte> record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Span, BatchJson.Default.BatchRecord);
        }
        catch (JsonException exception)
        {
            if (_unreadable.Add(id))
            {
                context.LogFailed(exception, id);
            }

            return null;
        }
    }

    private async Task AdvanceAsync(CancellationToken stopping)
    {
        var isDue = IsDue(ref _refreshed, RefreshInterval);
        foreach (var job in _jobs.Where(job => !job.IsClosed).ToList())
        {
            if (isDue || job.NeedsRefresh)
            {
                await job.RefreshAsync(stopping);
            }

            if (job.State.IsFinal || job.IsAllSealed || job.State is { Closing: not null, Started: null })
            {
                Begin(job, new Finishing(context, job).RunAsync);
            }
            else if (job.State.Started is null && context.Models.IsLoaded)
            {
                Begin(job, () => InputValidation.RunAsync(context, job));
            }
        }

        if (isDue)
        {
            await pace.ShareAsync(context, stopping);
            tell(QueueStanding.Of(_jobs, job => job.Held > 0 || _busy.Contains(job.Record.Id), context.Time.GetUtcNow()));
        }
    }

    /// <summary>Claims chunks, of every batch in turn, while slots would else be free; and one of each batch that has none here, so that none has to wait for another's.</summary>
    private async Task ClaimAsync(CancellationToken stopping)
    {
        for (var passed = 0; passed < _jobs.Count && !_isDrained && !stopping.IsCancellationRequested;)
        {
            var job = _jobs[_turn++ % _jobs.Count];
            var isWanted = job.CanClaim && _jobs.Sum(j => j.Held) < MostHeld && (job.Held == 0 || _jobs.Sum(j => j.Unbegun) < context.Options.Concurrency);
            if (!isWanted || await job.TryClaimAsync(stopping) is not { } run)
            {
                passed++;
                continue;
            }

            passed = 0;
            Track(job, RunAsync(job, run));
        }
    }

    private bool IsDue(ref long last, TimeSpan interval)
    {
        if (last != 0 && context.Time.GetElapsedTime(last) < interval)
        {
            return false;
        }

        last = Math.Max(1, context.Time.GetTimestamp());
        return true;
    }
}
