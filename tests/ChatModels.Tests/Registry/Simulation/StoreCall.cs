using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>One call of a process to the server: it is executed, or never is; it is answered, or never is. The network decides when.</summary>
internal abstract class StoreCall(string what)
{
    public string What => what;

    public bool IsExecuted { get; private set; }

    public bool IsAnswered { get; private set; }

    /// <summary>Does it at the server.</summary>
    public void Execute()
    {
        ExecuteCore();
        IsExecuted = true;
    }

    /// <summary>Tells the caller what the server made of it.</summary>
    public void Answer() => End(AnswerCore);

    /// <summary>Tells the caller, truly, that it was never sent.</summary>
    public void Refuse() => End(RefuseCore);

    /// <summary>Tells the caller that no answer came; executed or not, now or later.</summary>
    public void LoseAnswer() => End(LoseAnswerCore);

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Abandon() => IsAnswered = true;

    protected abstract void ExecuteCore();

    protected abstract void AnswerCore();

    protected abstract void RefuseCore();

    protected abstract void LoseAnswerCore();

    private void End(Action tell)
    {
        if (!IsAnswered)
        {
            IsAnswered = true;
            tell();
        }
    }
}

/// <summary>A read: whatever goes wrong, nothing was done.</summary>
internal sealed class ReadCall<T>(string what, Func<T> read) : StoreCall(what)
{
    private readonly TaskCompletionSource<T> _answer = new();
    private T? _result;

    public Task<T> Task => _answer.Task;

    protected override void ExecuteCore() => _result = read();

    protected override void AnswerCore() => _answer.SetResult(_result!);

    protected override void RefuseCore() => _answer.SetException(new StoreUnavailableException("It is down."));

    protected override void LoseAnswerCore() => _answer.SetException(new StoreUnavailableException("It did not answer in time."));
}

/// <summary>A commit.</summary>
internal sealed class CommitCall(StoreCommit commit, SimulatedServer server)
    : StoreCall($"commit {commit.Expected?.ToString() ?? "(no head)"} -> {commit.Next}")
{
    private readonly TaskCompletionSource<CommitOutcome> _answer = new();
    private CommitOutcome _outcome;

    public Task<CommitOutcome> Task => _answer.Task;

    public CommitOutcome Outcome => _outcome;

    protected override void ExecuteCore() => _outcome = server.Commit(commit);

    protected override void AnswerCore() => _answer.SetResult(_outcome);

    protected override void RefuseCore() => _answer.SetResult(CommitOutcome.Unavailable);

    protected override void LoseAnswerCore() => _answer.SetResult(CommitOutcome.Unknown);
}
