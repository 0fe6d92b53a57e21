namespace ChatModels.Providers.Simulator;

/// <summary>Says when tokens are due. Each is due by the request's start, so that waits which take a little long do not add up.</summary>
internal sealed class Pace(SimulatorBehaviour behaviour, TimeProvider time, long started)
{
    public bool IsDue(int token) => TimeUntil(token) <= TimeSpan.Zero;

    public async ValueTask WaitAsync(int token, CancellationToken cancellationToken)
    {
        for (var wait = TimeUntil(token); wait > TimeSpan.Zero; wait = TimeUntil(token))
        {
            // Timers know whole milliseconds; a rest below one would come back at once, again and again.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken);
        }
    }

    // Nobody looks at the clock where there is nothing to wait for.
    private TimeSpan TimeUntil(int token) =>
        behaviour.DueOf(token) is var due && due > TimeSpan.Zero ? due - time.GetElapsedTime(started) : TimeSpan.Zero;
}
