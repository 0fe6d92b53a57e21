namespace ChatModels.Registry.Stores;

/// <summary>Finds out what became of a write whose answer did not come, by looking at the store over the other connection.</summary>
internal sealed class WriteSettlement(RedisReader reader, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task<CommitOutcome> SettleAsync(StoreCommit commit, CommitAttempt attempt, Deadline deadline)
    {
        while (deadline.Remaining > TimeSpan.Zero)
        {
            if (await LookAsync(commit, deadline) is { } outcome)
            {
                return outcome;
            }

            var pause = Task.Delay(Pause, time);
            await (attempt.Decided.IsCompleted ? pause : Task.WhenAny(attempt.Decided, pause)); // Its own late answer is as good.
            switch (attempt.Verdict)
            {
                case CommitVerdict.Applied:
                    return CommitOutcome.Committed;
                case CommitVerdict.HeadMoved:
                    return CommitOutcome.Lost;
                case CommitVerdict.NotApplied:
                    return CommitOutcome.Unavailable;
            }
        }

        return CommitOutcome.Unknown;
    }

    /// <summary>Whether the head is the one given; null when that can't be seen in time.</summary>
    public async Task<bool?> HeadIsStillAsync(RegistryHead? head, Deadline deadline)
    {
        try
        {
            using var limit = new CancellationTokenSource(deadline.Remaining, time);
            return await reader.ReadHeadAsync(limit.Token) == head;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What a look at the store proves about a write; null: nothing.</summary>
    /// <remarks>
    /// While the head is still the one expected, EXEC may yet arrive. Once it is another, EXEC can't be applied any more (the server watches the head),
    /// and either the write was applied before or it never will be: its revision's log entry tells which, by its stamp. Where that entry is missing
    /// (trimmed, wiped, another history) nothing is proved.
    /// </remarks>
    internal static CommitOutcome? Judge(StoreCommit commit, WriteTrace trace) => trace switch
    {
        _ when trace.Head == commit.Next => CommitOutcome.Committed,
        _ when trace.Head == commit.Expected => null,
        _ when trace.Stamps.Contains(commit.Next.Stamp) => CommitOutcome.Committed,
        { Stamps.Count: > 0 } => CommitOutcome.Lost,
        _ => null,
    };

    private async Task<CommitOutcome?> LookAsync(StoreCommit commit, Deadline deadline)
    {
        try
        {
            return Judge(commit, await reader.TraceAsync(commit.Next.Revision, deadline.Remaining, CancellationToken.None));
        }
        catch (StoreUnavailableException)
        {
            return null; // The store can't be seen now; the deadline bounds how often this is tried.
        }
    }
}
