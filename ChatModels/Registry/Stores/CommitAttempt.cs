using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>What is certain about a transaction.</summary>
internal enum CommitVerdict
{
    /// <summary>Nothing: it may be applied, now or later.</summary>
    Open,

    /// <summary>Applied.</summary>
    Applied,

    /// <summary>Never applied: the head was written to while the transaction was under way.</summary>
    HeadMoved,

    /// <summary>Never applied: the server was not asked to, or refused.</summary>
    NotApplied,
}

/// <summary>One conditional transaction under way.</summary>
/// <remarks>
/// The client sends WATCH and GET, blocks its thread until the answer or its timeout, and sends MULTI ... EXEC only when the condition was found
/// satisfied. Otherwise it cancels the operations and sends UNWATCH. So cancelled operations, or an end without a satisfied condition, prove that
/// no EXEC was or will be sent.
/// </remarks>
internal sealed class CommitAttempt
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly ConditionResult _condition;
    private readonly Task[] _operations;
    private readonly Task<bool> _execution;

    private CommitAttempt(ConditionResult condition, Task[] operations, Task<bool> execution, TimeProvider time)
    {
        _condition = condition;
        _operations = operations;
        _execution = execution;
        _execution.Observe();
        Decided = WhenDecidedAsync();
        Ended = WhenEndedAsync(time);
    }

    /// <summary>Ends, without an exception, when no more will become certain here.</summary>
    public Task Decided { get; }

    /// <summary>Ends, without an exception, when the connection is free for the next transaction.</summary>
    public Task Ended { get; }

    public CommitVerdict Verdict => this switch
    {
        _ when _operations[0].IsCanceled => _condition.WasSatisfied ? CommitVerdict.HeadMoved : CommitVerdict.NotApplied,
        { _execution.IsCompleted: false } => CommitVerdict.Open,
        { _execution: { IsCompletedSuccessfully: true, Result: true } } => CommitVerdict.Applied,
        { _execution.IsCompletedSuccessfully: true } => _condition.WasSatisfied ? CommitVerdict.HeadMoved : CommitVerdict.NotApplied,
        { Failure: RedisServerException } => CommitVerdict.NotApplied,
        _ => _condition.WasSatisfied ? CommitVerdict.Open : CommitVerdict.NotApplied,
    };

    /// <summary>Why the transaction failed.</summary>
    public Exception? Failure => _execution.IsFaulted ? _execution.Exception.GetBaseException() : null;

    /// <summary>Redis does not roll back: an operation that fails inside an applied transaction leaves half a write.</summary>
    public Exception? FirstFailedOperation => _operations.FirstOrDefault(o => o.IsFaulted)?.Exception?.GetBaseException();

    /// <summary>Sends on a thread of its own: neither the caller nor the thread pool may be blocked by the wait for the condition.</summary>
    public static CommitAttempt Start(IDatabase database, Condition condition, Func<ITransaction, Task[]> queue, TimeProvider time)
    {
        var transaction = database.CreateTransaction();
        var result = transaction.AddCondition(condition);
        var operations = queue(transaction);
        foreach (var operation in operations)
        {
            operation.Observe();
        }

        var execution = Task.Factory.StartNew(
            () => transaction.ExecuteAsync(CommandFlags.DemandMaster), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return new CommitAttempt(result, operations, execution.Unwrap(), time);
    }

    private async Task WhenDecidedAsync()
    {
        if (await Task.WhenAny(_execution, _operations[0]) == _execution || !_operations[0].IsCanceled)
        {
            await ((Task)_execution).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WhenEndedAsync(TimeProvider time) =>
        await ((Task)_execution).WaitAsync(EndLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
