using System.Diagnostics;

namespace ChatModels.Testing;

/// <summary>The one place where tests wait for something that signals nothing: a real process, a server, another replica.</summary>
public static class WaitUntil
{
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, string awaited, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return TrueAsync(_ => Task.FromResult(condition()), awaited, within, cancellationToken);
    }

    /// <summary>Asks until the answer is true. A condition that throws counts as "not yet"; its last exception is told when time is up.</summary>
    public static async Task TrueAsync(
        Func<CancellationToken, Task<bool>> condition, string awaited, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var deadline = within ?? DefaultDeadline;
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        Exception? last = null;
        do
        {
            try
            {
                if (await condition(limit.Token))
                {
                    return;
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                last = limit.IsCancellationRequested ? last ?? exception : exception;
            }

            await Task.Delay(Pause, cancellationToken);
        }
        while (Stopwatch.GetElapsedTime(started) < deadline);

        throw new TimeoutException($"Waited {deadline.TotalSeconds:0.#} s in vain for {awaited}.{Told(last)}", last);
    }

    /// <summary>Bounds the wait for something that does signal; the failure says what was awaited.</summary>
    public static async Task SignalAsync(Task signal, string awaited, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var deadline = within ?? DefaultDeadline;
        try
        {
            await signal.WaitAsync(deadline, cancellationToken);
        }
        catch (TimeoutException) when (!signal.IsCompleted)
        {
            throw new TimeoutException($"Waited {deadline.TotalSeconds:0.#} s in vain for {awaited}.");
        }
    }

    private static string Told(Exception? last) => last is null ? "" : $" The last attempt failed: {last.Message}";
}
