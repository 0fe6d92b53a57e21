using System.Diagnostics;

namespace ChatModels.AppHost.Tests.ProcessHost;

/// <summary>Waits for what real processes do, never for longer than said.</summary>
internal static class Deadline
{
    public static async Task<bool> MetAsync(Func<bool> condition, TimeSpan within, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            if (clock.Elapsed > within)
            {
                return false;
            }

            await poll.WaitForNextTickAsync(cancellationToken);
        }

        return true;
    }
}
