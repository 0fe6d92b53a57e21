namespace ChatModels.Batches.Running;

/// <summary>Waits that end early without an exception.</summary>
internal static class Pause
{
    private const ConfigureAwaitOptions Quietly = ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;

    /// <summary>Waits; false when it was cut short.</summary>
    public static async Task<bool> ForAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        await Task.Delay(time, clock, cancellationToken).ConfigureAwait(Quietly);
        return !cancellationToken.IsCancellationRequested;
    }

    /// <summary>Waits for the end of a task, whatever it is, for a time at most; true when it has ended.</summary>
    public static async Task<bool> ForEndAsync(this Task task, TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        await task.WaitAsync(time, clock, cancellationToken).ConfigureAwait(Quietly);
        return task.IsCompleted;
    }

    /// <summary>Waits for the end of a task, whatever it is.</summary>
    public static async Task ForEndAsync(this Task task) => await task.ConfigureAwait(Quietly);
}

/// <summary>Wakes one waiter, now or when it comes.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _set = new();

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    public async Task WaitAsync(TimeSpan most, TimeProvider clock, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref _set).Task.ForEndAsync(most, clock, cancellationToken);
        if (Volatile.Read(ref _set).Task.IsCompleted)
        {
            Volatile.Write(ref _set, new TaskCompletionSource());
        }
    }
}
