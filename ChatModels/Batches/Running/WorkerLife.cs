namespace ChatModels.Batches.Running;

/// <summary>How a worker comes to its end: first nothing new is begun, then what is under way is given up.</summary>
internal sealed class WorkerLife : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Ended when nothing new is to be begun.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Ended when calls under way, and results that can't be kept, are to be given up.</summary>
    public CancellationToken Ending => _ending.Token;

    public void Stop() => _stopping.Cancel();

    public void End() => _ending.Cancel();

    public void Dispose()
    {
        _stopping.Dispose();
        _ending.Dispose();
    }
}
