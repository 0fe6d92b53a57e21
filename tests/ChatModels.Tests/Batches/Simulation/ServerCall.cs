using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>One call of a worker to the store: it is done, or never is; it is answered, or never is. The network decides when.</summary>
internal abstract class ServerCall(SimulatedWorker from, string what)
{
    public SimulatedWorker From => from;

    public string What => what;

    public TimeSpan SentAt { get; init; }

    public bool IsDone { get; protected set; }

    public bool IsAnswered { get; protected set; }

    public abstract void Do();

    public abstract void Answer();

    public abstract void Fail(string why);
}

internal sealed class ServerCall<T>(SimulatedWorker from, string what, Func<Task<T>> act) : ServerCall(from, what)
{
    private readonly TaskCompletionSource<T> _answer = new();
    private Task<T>? _result;

    public Task<T> Task => _answer.Task;

    public override void Do()
    {
        _result = act();
        IsDone = true;
    }

    public override void Answer()
    {
        IsAnswered = true;
        if (_result!.IsFaulted)
        {
            _answer.TrySetException(_result.Exception.InnerExceptions);
        }
        else
        {
            _answer.TrySetResult(_result.Result);
        }
    }

    public override void Fail(string why)
    {
        IsAnswered = true;
        _answer.TrySetException(new StoreUnavailableException(why));
    }
}
