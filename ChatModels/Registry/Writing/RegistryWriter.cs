using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Validation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Writing;

/// <summary>Writes changes: each validated against, and committed on the condition of, exactly one revision.</summary>
/// <remarks>A put of what is there already is no write: it answers with the tag that is there. Whoever applies the same files every minute makes no revisions.</remarks>
internal sealed partial class RegistryWriter(
    IRegistryStore store,
    RegistrySynchronizer synchronizer,
    LiveRegistry live,
    WriteChecks checks,
    WritePreparer preparer,
    RegistryMetrics metrics,
    Chance chance,
    IOptions<RegistryOptions> options,
    TimeProvider time,
    ILogger<RegistryWriter> logger)
{
    private const int MaxAttempts = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private long _commits;

    /// <summary>Applies a change, or says why not, within the write deadline and off the caller's thread, whatever the store does.</summary>
    public async Task<RegistryResult> WriteAsync(RegistryChange change, CancellationToken cancellationToken)
    {
        var result = await PrecheckAndRunAsync(change, cancellationToken);
        metrics.Written(result);
        return result;
    }

    private static RegistryResult Failed(RegistryFailure failure) => new() { Failure = failure };

    private async Task<RegistryResult> PrecheckAndRunAsync(RegistryChange change, CancellationToken cancellationToken)
    {
        if (change.Entities.Select(e => EntityNames.Mistake(e.Kind, e.Id)).FirstOrDefault(m => m is not null) is { } misnamed)
        {
            return Failed(WriteFailures.InvalidName(change.Op, misnamed));
        }

        if (ChangeCopy.TryCopy(change, out var copy) is { Count: > 0 } issues)
        {
            return Failed(WriteFailures.Invalid(change.Op, issues));
        }

        return await RunWithinDeadlineAsync(copy, cancellationToken);
    }

    private async Task<RegistryResult> RunWithinDeadlineAsync(RegistryChange change, CancellationToken cancellationToken)
    {
        var operation = new WriteOperation(chance.NextId());
        var commitsBefore = Interlocked.Read(ref _commits);
        // The store's client may block its calling thread for as long as a hung server lets it.
        var run = Task.Run(() => RunAsync(change, operation), CancellationToken.None);
        try
        {
            return await run.WaitAsync(options.Value.WriteDeadline, time, cancellationToken);
        }
        catch (Exception gaveUp) when (gaveUp is TimeoutException or OperationCanceledException)
        {
            if (run.IsCompleted)
            {
                return await run;
            }

            var certain = operation.GiveUp();
            _ = ObserveAsync(run, operation, change.Op);
            cancellationToken.ThrowIfCancellationRequested();
            return Failed((certain, Interlocked.Read(ref _commits) != commitsBefore) switch
            {
                (false, _) => WriteFailures.Unknown(change.Op, operation.Stamp),
                (true, true) => WriteFailures.Busy(change.Op),
                (true, false) => WriteFailures.Unavailable(change.Op, "it did not answer in time."),
            });
        }
        finally
        {
            if (run.IsCompleted)
            {
                operation.Dispose();
            }
        }
    }

    private async Task<RegistryResult> RunAsync(RegistryChange change, WriteOperation operation)
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

        return Failed(WriteFailures.Busy(change.Op));
    }

    /// <summary>Tries once; null when another writer was first.</summary>
    private async Task<RegistryResult?> AttemptAsync(RegistryChange change, WriteOperation operation)
    {
        var outcome = await synchronizer.BringToHeadAsync(operation.Token);
        if (outcome != SyncOutcome.AtHead || live.Current is not { Head: { } head } snapshot)
        {
            return Failed(WriteFailures.NotAtHead(change.Op, outcome, live.Status));
        }

        if (checks.Check(change, snapshot) is { } failure)
        {
            return Failed(failure);
        }

        if (change.Entities.All(e => EntityValues.IsThere(snapshot, e)))
        {
            return Succeeded(change, snapshot, snapshot);
        }

        var write = preparer.Prepare(snapshot, change, head with { Revision = head.Revision + 1, Stamp = operation.Stamp });
        return await CommitAsync(change, snapshot, write, operation);
    }

    private async Task<RegistryResult?> CommitAsync(RegistryChange change, RegistrySnapshot before, PreparedWrite write, WriteOperation operation)
    {
        operation.Token.ThrowIfCancellationRequested();
        var askedAt = time.GetTimestamp();
        if (!operation.TryBeginSending())
        {
            throw new OperationCanceledException(operation.Token);
        }

        switch (await SendAsync(write.Commit, operation))
        {
            case CommitOutcome.Committed:
                live.Publish(write.Next);
                live.Confirm(askedAt);
                Interlocked.Increment(ref _commits);
                return Succeeded(change, before, write.Next);
            case CommitOutcome.Lost:
                operation.EndSending();
                return null;
            case CommitOutcome.Unavailable:
                return Failed(WriteFailures.Unavailable(change.Op, "it can't be reached."));
            default:
                LogUnknown(change.Op, operation.Stamp);
                return Failed(WriteFailures.Unknown(change.Op, operation.Stamp));
        }
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

    private static RegistryResult Succeeded(RegistryChange change, RegistrySnapshot before, RegistrySnapshot after) => new()
    {
        Head = after.Head,
        Tag = change.Entities is [var only] ? EntityValues.Tag(after, only.Kind, only.Id) : null,
        Created = change.Entities is [{ IsDelete: false } created] && EntityValues.Tag(before, created.Kind, created.Id) is null,
    };

    private async Task ObserveAsync(Task<RegistryResult> run, WriteOperation operation, string op)
    {
        try
        {
            using (operation)
            {
                await run;
            }
        }
        catch (OperationCanceledException)
        {
            // It was given up, and its caller has been told.
        }
        catch (Exception defect)
        {
            LogDefect(defect, op);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The store's answer to {Op} was lost; the log will show the stamp {Stamp} if it was applied")]
    private partial void LogUnknown(string op, string stamp);

    [LoggerMessage(LogLevel.Warning, "The store failed while a write was under way")]
    private partial void LogCommitFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "A write that nobody waited for any longer failed: {Op}")]
    private partial void LogDefect(Exception exception, string op);
}
