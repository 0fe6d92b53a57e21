using ChatModels.Batches.Stores;
using ChatModels.Registry.Stores;
using ChatModels.Telemetry;

namespace ChatModels.Batches.Running;

/// <summary>A claim, and how long it surely lasts: counted on the monotonic clock from before it was asked for, so that neither a slow answer nor a stopped process makes it seem longer.</summary>
internal sealed class Lease
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    private readonly RunnerContext _context;
    private readonly string _batch;
    private readonly WorkUnit _unit;
    private long _counted;

    private Lease(RunnerContext context, string batch, WorkUnit unit, string token, long asked)
    {
        (_context, _batch, _unit, Token, _counted) = (context, batch, unit, token, asked);
    }

    public string Token { get; }

    /// <summary>Somebody else may have it, or has it.</summary>
    public bool IsOver => IsLost || Left <= TimeSpan.Zero;

    /// <summary>Whether there is enough left to begin something.</summary>
    public bool MayBegin => !IsLost && Left >= _context.Options.Margin;

    private bool IsLost { get; set; }

    private TimeSpan Left => _context.Options.Lease - _context.Time.GetElapsedTime(_counted);

    public static async Task<Lease?> TryTakeAsync(RunnerContext context, string batch, WorkUnit unit, CancellationToken cancellationToken)
    {
        var token = context.Chance.NextId();
        var asked = context.Time.GetTimestamp();
        return await context.Store.TryClaimAsync(batch, unit, token, context.Options.Lease, cancellationToken) ? new Lease(context, batch, unit, token, asked) : null;
    }

    /// <summary>Renews it until told to end, or until it is lost.</summary>
    public async Task KeepAsync(CancellationToken end)
    {
        var pause = _context.Options.Renewal;
        while (await Pause.ForAsync(pause, _context.Time, end))
        {
            var asked = _context.Time.GetTimestamp();
            try
            {
                if (!await RenewAsync(end))
                {
                    IsLost = true;
                    BatchTelemetry.LeaseLost(_unit == WorkUnit.Validation ? "validation" : _unit == WorkUnit.Finishing ? "finishing" : "chunk");
                    return;
                }

                (_counted, pause) = (asked, _context.Options.Renewal);
            }
            catch (StoreUnavailableException)
            {
                pause = Retry;
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Gives it back; where the store can't hear that, it runs out.</summary>
    public async Task ReleaseAsync()
    {
        try
        {
            await _context.Store.ReleaseAsync(_batch, _unit, Token, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            _context.LogNotReleased(_batch);
        }
    }

    // One that ran out while the store was away, and that nobody has taken, is taken again.
    private async Task<bool> RenewAsync(CancellationToken cancellationToken) =>
        await _context.Store.TryRenewAsync(_batch, _unit, Token, _context.Options.Lease, cancellationToken)
        || await _context.Store.TryClaimAsync(_batch, _unit, Token, _context.Options.Lease, cancellationToken);
}
