using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using Microsoft.Extensions.Logging;

namespace ChatModels.Registry.Writing;

/// <summary>Writes changes: each validated against, and committed on the condition of, exactly one revision.</summary>
/// <remarks>A put of what is there already is no write: it answers with the tag that is there. Whoever applies the same files every minute makes no revisions.</remarks>
internal sealed partial class WriteAttempts(
    IRegistryStore store,
    RegistrySynchronizer synchronizer,
    LiveRegistry live,
    WriteChecks checks,
    WritePreparer preparer,
    Chance chance,
    TimeProvider time,
    ILogger<RegistryWriter> logger)
{
    private const int MaxAttempts = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private long _commits;

    /// <summary>How many writes of this process were committed.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Tries until the change is committed, refused, or has lost too often.</summary>
    public async Task<RegistryResult> RunAsync(RegistryChange change, WriteOperation operation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await synchronizer.ExclusivelyAsync(() => AttemptAsync(change, operation), operation.Token) is { } result)
            {
                return result;
            }

            // Another process was first. Who loses often waits longer, and never in step with the others.
            var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << attempt, LongestPause.Ticks));
            await Task.Delay(chance.Between(TimeSpan.Zero, pause), time, operation.Token);
        }

        return WriteFailures.Result(WriteFailures.Busy(change.Op));
    }

    /// <summary>Tries once; null when another writer was first.</summary>
    private async Task<RegistryResult?> AttemptAsync(RegistryChange change, WriteOperation operation)
    {
        var outcome = await synchronizer.BringToHeadAsync(operation.Token);
        var repair = outcome == SyncOutcome.Rejected ? await ReadForRepairAsync(operation.Token) : null;
        var snapshot = repair?.Snapshot ?? live.Current;
        if ((outcome != SyncOutcome.AtHead && repair is null) || snapshot.Head is not { } head)
        {
            return WriteFailures.Result(WriteFailures.NotAtHead(change.Op, outcome, live.Status));
        }

        change = change with { Unreadable = repair?.Unreadable ?? change.Unreadable };
        var (whole, refusal) = change.Completion is { } completion ? await completion.CompleteAsync(change, snapshot, operation.Token) : new(change);
        if ((refusal ?? (whole is null ? null : checks.Check(whole, snapshot))) is { } failure)
        {
            return WriteFailures.Result(failure);
        }

        if (whole is null)
        {
            return null;
        }

        EntityChange[] effective = [.. whole.Entities.Where(e => !EntityValues.IsThere(snapshot, e))];
        var next = head with { Revision = head.Revision + 1, Stamp = operation.Stamp };
        var (cure, stillWrong) = repair is null ? (null, null) : Repair.Prepare(repair, whole, effective, next, preparer);
        if (stillWrong is not null)
        {
            return WriteFailures.Result(WriteFailures.Rejected(change.Op, stillWrong));
        }

        if (whole.DryRun || effective.Length == 0)
        {
            return Succeeded(whole, effective, snapshot, snapshot);
        }

        var write = cure ?? preparer.Prepare(snapshot, whole with { Entities = effective }, next);
        return await CommitAsync(write, operation) switch
        {
            CommitOutcome.Committed => Succeeded(whole, effective, snapshot, write.Next),
            CommitOutcome.Lost => null,
            CommitOutcome.Unavailable => WriteFailures.Result(WriteFailures.Unavailable(change.Op, "it can't be reached.")),
            _ => Unknown(change.Op, operation.Stamp),
        };
    }

    private async Task<RepairGround?> ReadForRepairAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await synchronizer.ReadForRepairAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // Then there is no ground to stand on, as before.
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<CommitOutcome> CommitAsync(PreparedWrite write, WriteOperation operation)
    {
        operation.Token.ThrowIfCancellationRequested();
        var askedAt = time.GetTimestamp();
        if (!operation.TryBeginSending())
        {
            throw new OperationCanceledException(operation.Token);
        }

        var outcome = await SendAsync(write.Commit, operation);
        if (outcome == CommitOutcome.Committed)
        {
            if (live.Rejected is not null)
            {
                // Of the revision that it cures nothing was noted.
                live.Lineage.Miss();
            }

            live.Publish(write.Next);
            live.Confirm(askedAt);
            Interlocked.Increment(ref _commits);
        }
        else if (outcome == CommitOutcome.Lost)
        {
            operation.EndSending();
        }

        return outcome;
    }

    private async Task<CommitOutcome> SendAsync(StoreCommit commit, WriteOperation operation)
    {
        try
        {
            // The caller giving up must not cut the store's own orderly answer short, only bound how long the gate is held.
            return await store.CommitAsync(commit, CancellationToken.None).WaitAsync(operation.Token);
        }
        catch (OperationCanceledException) when (operation.Token.IsCancellationRequested)
        {
            return CommitOutcome.Unknown;
        }
        catch (Exception failure)
        {
            // The store answers with a value when it knows that nothing was sent; an exception says nothing about that.
            LogCommitFailed(failure);
            return CommitOutcome.Unknown;
        }
    }

    private static RegistryResult Succeeded(RegistryChange change, EntityChange[] effective, RegistrySnapshot before, RegistrySnapshot after) => change.IsBulk
        ? new RegistryResult { Head = after.Head, Difference = RegistryDifference.Of(change, effective, before, change.DryRun ? null : after.Head) }
        : new RegistryResult
        {
            Head = after.Head,
            Tag = change.Entities is [var only] ? EntityValues.Tag(after, only.Kind, only.Id) : null,
            Created = change.Entities is [{ IsDelete: false } created] && EntityValues.Tag(before, created.Kind, created.Id) is null,
        };

    private RegistryResult Unknown(string op, string stamp)
    {
        LogUnknown(op, stamp);
        return WriteFailures.Result(WriteFailures.Unknown(op, stamp));
    }

    [LoggerMessage(1211, LogLevel.Warning, "The store's answer to {Op} was lost; the log will show the stamp {Stamp} if it was applied")]
    private partial void LogUnknown(string op, string stamp);

    [LoggerMessage(1212, LogLevel.Warning, "The store failed while a write was under way")]
    private partial void LogCommitFailed(Exception exception);
}
