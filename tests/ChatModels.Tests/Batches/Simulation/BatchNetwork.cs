namespace ChatModels.Tests.Batches.Simulation;

/// <summary>Between the workers and the store: every call waits here until the scheduler moves it on, in any order, or it is lost.</summary>
internal sealed class BatchNetwork(Random random, Func<TimeSpan> now, Action<string> say)
{
    // What the production store gives every call, more or less.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LatestArrival = TimeSpan.FromSeconds(8);

    private readonly List<(ServerCall Call, Fate Fate)> _traffic = [];

    private enum Fate
    {
        Arrives,
        IsRefused,
        LosesItsAnswer,
        Hangs,
    }

    /// <summary>A worker is about to send a call.</summary>
    public event Action<SimulatedWorker, string>? Sending;

    /// <summary>How often a call is refused, loses its answer or hangs.</summary>
    public double FaultRate { get; set; }

    public TimeSpan DownUntil { get; set; }

    public TimeSpan HungUntil { get; set; }

    public int Lost { get; private set; }

    public int Late { get; private set; }

    public Task<T> SendAsync<T>(SimulatedWorker from, string what, Func<Task<T>> act)
    {
        Sending?.Invoke(from, what);
        var call = new ServerCall<T>(from, what, act) { SentAt = now() };
        _traffic.Add((call, random.NextDouble() >= FaultRate ? Fate.Arrives : (Fate)random.Next(1, 4)));
        return call.Task;
    }

    public bool MoveOne()
    {
        _traffic.RemoveAll(t => t.Call.From.IsDead && (t.Call.IsDone || random.Next(2) == 0));
        if (_traffic.Count == 0)
        {
            return false;
        }

        var index = random.Next(_traffic.Count);
        var (call, fate) = _traffic[index];
        if (now() - call.SentAt > Deadline && !call.IsAnswered)
        {
            Lose(call);
        }

        if (HungUntil > now())
        {
            return false;
        }

        if (Move(call, fate))
        {
            _traffic.Remove((call, fate));
        }

        return true;
    }

    /// <summary>Every connection breaks.</summary>
    public void Break()
    {
        foreach (var (call, _) in _traffic.Where(t => !t.Call.IsAnswered))
        {
            Lose(call);
        }
    }

    /// <summary>From now on nothing goes wrong, and what was to hang never arrives.</summary>
    public void Heal()
    {
        FaultRate = 0;
        (DownUntil, HungUntil) = (TimeSpan.Zero, TimeSpan.Zero);
        Break();
        _traffic.Clear();
    }

    private void Lose(ServerCall call)
    {
        Lost++;
        say($"{call.From.Name} gets no answer to {call.What}, which was {(call.IsDone ? "" : "not ")}done");
        call.Fail("It did not answer in time.");
    }

    // True: it is over.
    private bool Move(ServerCall call, Fate fate)
    {
        if (call.IsAnswered)
        {
            // Its caller has given up. It may come all the same, soon after.
            if (!call.IsDone && now() - call.SentAt < LatestArrival && DownUntil <= now() && random.Next(3) == 0)
            {
                Late++;
                call.Do();
                say($"{call.From.Name}: the store does, late, {call.What}");
                return true;
            }

            return call.IsDone || now() - call.SentAt >= LatestArrival;
        }

        if (call.IsDone)
        {
            if (fate is Fate.LosesItsAnswer)
            {
                Lose(call);
            }
            else if (fate is not Fate.Hangs)
            {
                say($"{call.From.Name} has {call.What}");
                call.Answer();
            }

            return call.IsAnswered;
        }

        if (DownUntil > now() || fate is Fate.IsRefused)
        {
            say($"{call.From.Name} is refused {call.What}");
            call.Fail("It is down.");
            return true;
        }

        if (fate is not Fate.Hangs)
        {
            call.Do();
        }

        return false;
    }
}
