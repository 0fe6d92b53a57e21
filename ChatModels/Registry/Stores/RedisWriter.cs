using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Commits to Redis, one at a time, each within its deadline.</summary>
internal sealed partial class RedisWriter(
    RedisConnections connections, RedisReader reader, RegistryKeys keys, StoreDeadlines deadlines, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly RedisLink _link = new(connections.WritesAsync, time);
    private readonly WriteSettlement _settlement = new(reader, time);

    public async Task<CommitOutcome> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(time, deadlines.CommitOf(commit.LogEntry.Length + commit.Changes.Sum(c => (long)(c.Json?.Length ?? 0))));
        if (!await _turn.WaitAsync(deadlines.Turn, cancellationToken))
        {
            LogNotSent(commit.Next.Revision, "the write before it still waits for Redis");
            return CommitOutcome.Unavailable;
        }

        CommitAttempt? attempt = null;
        try
        {
            var ends = await LogEnds.ReadAsync(_link, reader, keys, deadline.Without(deadlines.Transaction), cancellationToken);
            if (ends.Head != commit.Expected)
            {
                return CommitOutcome.Lost;
            }

            attempt = await SendAsync(commit, ends, deadline, cancellationToken);

            // From here on a caller who gave up changes nothing: whoever asked is owed the truth, and it comes soon.
            return await OutcomeAsync(commit, attempt, deadline);
        }
        catch (Exception exception) when (attempt is null && exception is (StoreUnavailableException or RedisException or ObjectDisposedException))
        {
            LogNotSent(commit.Next.Revision, exception.Message);
            return CommitOutcome.Unavailable;
        }
        finally
        {
            EndTurn(attempt);
        }
    }

    /// <summary>Waits, as long as a commit may take, for the one under way, and leaves no turn for another.</summary>
    public async ValueTask DisposeAsync() => await _turn.WaitAsync(deadlines.Commit);

    private async Task<CommitAttempt> SendAsync(StoreCommit commit, LogEnds ends, Deadline deadline, CancellationToken cancellationToken)
    {
        var pushedOut = await ends.PushedOutAsync(commit.LogEntry.Length, _link, keys, deadline.Without(deadlines.Transaction), cancellationToken);
        var connection = await connections.WritesAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (deadline.Remaining < deadlines.Transaction)
        {
            throw new StoreUnavailableException("Redis answers too slowly to send it and see its answer in time.");
        }

        var condition = commit.Expected is { } expected
            ? Condition.StringEqual(keys.Head, expected.ToString())
            : Condition.KeyNotExists(keys.Head);
        return CommitAttempt.Start(
            connection.GetDatabase(), condition, transaction => CommitOperations.Queue(transaction, commit, ends, pushedOut, keys), time);
    }

    private async Task<CommitOutcome> OutcomeAsync(StoreCommit commit, CommitAttempt attempt, Deadline deadline)
    {
        await attempt.Decided.WaitAsync(deadline.Without(deadlines.Settle), time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        switch (attempt.Verdict)
        {
            case CommitVerdict.Applied:
                ReportHalfWrite(commit, attempt);
                return CommitOutcome.Committed;
            case CommitVerdict.HeadMoved:
                return CommitOutcome.Lost;
            case CommitVerdict.NotApplied:
                return await NotAppliedAsync(commit, attempt, deadline);
            default:
                return await _settlement.SettleAsync(commit, attempt, deadline);
        }
    }

    private async Task<CommitOutcome> NotAppliedAsync(StoreCommit commit, CommitAttempt attempt, Deadline deadline)
    {
        if (await _settlement.HeadIsStillAsync(commit.Expected, deadline) == false)
        {
            return CommitOutcome.Lost;
        }

        LogNotSent(commit.Next.Revision, attempt.Failure is RedisServerException refusal ? RedisLink.Reason(refusal) : "Redis did not answer in time");
        return CommitOutcome.Unavailable;
    }

    private void ReportHalfWrite(StoreCommit commit, CommitAttempt attempt)
    {
        if (attempt.FirstFailedOperation is { } failure)
        {
            LogHalfWrite(commit.Next.Revision, failure);
        }
    }

    private void EndTurn(CommitAttempt? attempt)
    {
        if (attempt is null or { Ended.IsCompleted: true })
        {
            _turn.Release();
        }
        else
        {
            attempt.Ended.ContinueWith(_ => _turn.Release(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    [LoggerMessage(1311, LogLevel.Warning, "Revision {Revision} was not written: {Reason}")]
    private partial void LogNotSent(long revision, string reason);

    [LoggerMessage(1312, LogLevel.Error, "Redis applied only a part of revision {Revision}: a key of the registry holds something of another type")]
    private partial void LogHalfWrite(long revision, Exception exception);
}
