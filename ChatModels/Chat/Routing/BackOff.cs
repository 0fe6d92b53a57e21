using ChatModels.Chat.Health;

namespace ChatModels.Chat.Routing;

/// <summary>Waits for a provider that asked for a short wait, when nothing else is left to try. Never for one that is merely broken.</summary>
internal sealed class BackOff(ChatPathOptions options, TimeProvider time, Random random)
{
    private static readonly TimeSpan FirstJitter = TimeSpan.FromMilliseconds(100);

    /// <summary>Those that may be tried again now; none where waiting would be for nothing, or too long.</summary>
    public async ValueTask<ulong> WaitAsync(RequestRun run, ModelRoute route, int round)
    {
        var (asking, wait) = WhoAsks(route);
        wait += Jitter(round);
        if (asking == 0 || wait >= run.TimeLeft || round > options.MaxAttempts)
        {
            return 0;
        }

        try
        {
            await Task.Delay(wait, time, run.Caller).ConfigureAwait(false);
            return asking;
        }
        catch (OperationCanceledException)
        {
            run.Telemetry?.End(ErrorCodes.ClientClosed, run.Route, cost: null);
            throw;
        }
    }

    private (ulong Asking, TimeSpan Wait) WhoAsks(ModelRoute route)
    {
        var now = time.GetTimestamp();
        var asking = 0UL;
        var shortest = options.MaxBackOff;
        for (var i = 0; i < route.Candidates.Length; i++)
        {
            if ((route.Servable & (1UL << i)) == 0 || route.Candidates[i].Health.AskedWait(now) is not { } wait || wait > shortest)
            {
                continue;
            }

            asking = wait < shortest ? 1UL << i : asking | (1UL << i);
            shortest = wait;
        }

        return (asking, shortest);
    }

    /// <summary>Never less than asked for, and apart from others who wait for the same moment; doubling each time.</summary>
    private TimeSpan Jitter(int round) => (FirstJitter * Math.Pow(2, Math.Min(round, 10)) * (0.5 + (random.NextDouble() / 2))).OrShorter(options.MaxBackOff);
}
