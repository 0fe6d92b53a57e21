using System.Numerics;
using ChatModels.Chat.Health;
using ChatModels.Telemetry;

namespace ChatModels.Chat.Routing;

/// <summary>Chooses where a request goes: the lowest priority number that is healthy, by weight inside it, each deployment at most once.</summary>
internal static class DeploymentPicker
{
    /// <summary>The next deployment to try; none when all have been tried or cool down.</summary>
    /// <param name="route">The model's deployments.</param>
    /// <param name="tried">Those not to be tried (again).</param>
    /// <param name="anyway">Whether the least bad of those that cool down is tried when all do: something has to be.</param>
    /// <param name="random">Decides among several.</param>
    /// <param name="now">By the monotonic clock.</param>
    public static Choice Next(ModelRoute route, ulong tried, bool anyway, Random random, long now)
    {
        var open = route.Servable & ~tried;
        var refused = 0UL; // Half-open ones whose one trial somebody else got.
        while (true)
        {
            var choice = Draw(route, open, refused, random, now);
            if (choice.Candidate is null)
            {
                return anyway && open != 0 ? LeastBad(route, open, now) : choice;
            }

            var health = choice.Candidate.Health;
            if (!choice.IsTrial || health.TryBeginTrial(now))
            {
                return choice;
            }

            refused |= health.At(now) == Availability.Ready ? 0 : 1UL << choice.Index;
        }
    }

    private static Choice Draw(ModelRoute route, ulong open, ulong refused, Random random, long now)
    {
        var cooling = refused;
        var halfOpen = 0UL;
        var best = 0UL;
        var priority = int.MaxValue;
        for (var rest = open & ~refused; rest != 0; rest &= rest - 1)
        {
            var i = BitOperations.TrailingZeroCount(rest);
            var candidate = route.Candidates[i];
            var availability = candidate.Health.At(now);
            if (availability == Availability.Cooling)
            {
                cooling |= 1UL << i;
                continue;
            }

            halfOpen |= availability == Availability.HalfOpen ? 1UL << i : 0;
            var own = candidate.Deployment.Config.Priority;
            best = own < priority ? 1UL << i : own == priority ? best | (1UL << i) : best;
            priority = Math.Min(own, priority);
        }

        if (best == 0)
        {
            return new Choice(-1, null, "", false, cooling, 0);
        }

        var busy = Busy(route, best);
        busy = busy == best ? 0 : busy;
        best &= ~busy;
        var chosen = BitOperations.IsPow2(best) ? BitOperations.TrailingZeroCount(best) : ByWeight(route, best, random);
        var isTrial = (halfOpen & (1UL << chosen)) != 0;
        var reason = isTrial ? TelemetryNames.Choice.Trial
            : BitOperations.IsPow2(best) ? BitOperations.IsPow2(route.Servable) ? TelemetryNames.Choice.Only : TelemetryNames.Choice.Priority
            : TelemetryNames.Choice.Weight;
        return new Choice(chosen, route.Candidates[chosen], reason, isTrial, cooling, busy);
    }

    /// <summary>Those whose provider is at its limit: one of the same priority that is free goes first.</summary>
    private static ulong Busy(ModelRoute route, ulong among)
    {
        var busy = 0UL;
        for (var rest = BitOperations.IsPow2(among) ? 0 : among; rest != 0; rest &= rest - 1)
        {
            var i = BitOperations.TrailingZeroCount(rest);
            busy |= route.Candidates[i].Health.Provider.Gate.IsBusy ? 1UL << i : 0;
        }

        return busy;
    }

    private static int ByWeight(ModelRoute route, ulong among, Random random)
    {
        var weights = 0;
        for (var rest = among; rest != 0; rest &= rest - 1)
        {
            weights += route.Candidates[BitOperations.TrailingZeroCount(rest)].Deployment.Config.Weight;
        }

        var ticket = random.Next(weights);
        var left = among;
        while (true)
        {
            var i = BitOperations.TrailingZeroCount(left);
            ticket -= route.Candidates[i].Deployment.Config.Weight;
            left &= left - 1;
            if (ticket < 0 || left == 0)
            {
                return i;
            }
        }
    }

    private static Choice LeastBad(ModelRoute route, ulong open, long now)
    {
        var chosen = BitOperations.TrailingZeroCount(open);
        for (var rest = open & (open - 1); rest != 0; rest &= rest - 1)
        {
            var i = BitOperations.TrailingZeroCount(rest);
            chosen = route.Candidates[i].Health.Badness(now) < route.Candidates[chosen].Health.Badness(now) ? i : chosen;
        }

        return new Choice(chosen, route.Candidates[chosen], TelemetryNames.Choice.LastResort, false, open & ~(1UL << chosen), 0);
    }
}
