namespace ChatModels.Tests.Registry.Simulation;

/// <summary>Between the fleet and its server: every call waits here until the scheduler moves it on, in any order, or it is lost.</summary>
internal sealed class SimulatedNetwork(Random random, Action<string> say)
{
    private readonly List<Traffic> _traffic = [];

    /// <summary>How often a call is refused, loses its answer or hangs.</summary>
    public double FaultRate { get; set; }

    public bool IsDown { get; set; }

    public int LostCommits { get; private set; }

    public int LateCommits { get; private set; }

    /// <summary>What went wrong with calls that a working server would have answered.</summary>
    public Tally Seen { get; } = new();

    public bool IsQuiet => !_traffic.Exists(t => t.Fate != Fate.Hangs && !t.Call.IsAnswered);

    public void Send(SimulatedReplica from, StoreCall call)
    {
        var fate = Choose();
        _traffic.Add(new Traffic(from, call, fate));
        Seen.Add($"{(call is CommitCall ? "commits" : "reads")} {Told(fate)}");
    }

    /// <summary>Moves one call on; false when none can be.</summary>
    public bool MoveOne(TimeSpan now)
    {
        var movable = _traffic.Where(t => IsMovable(t, now)).ToArray();
        if (movable.Length == 0)
        {
            return false;
        }

        Move(movable[random.Next(movable.Length)]);
        return true;
    }

    /// <summary>Every connection breaks.</summary>
    public void Break()
    {
        foreach (var traffic in _traffic.ToArray())
        {
            // What is still in a client's backlog, or on another wire, may arrive yet.
            if (traffic.Call.IsExecuted || random.Next(4) > 0)
            {
                _traffic.Remove(traffic);
            }

            LoseAnswer(traffic);
        }
    }

    /// <summary>A process is gone; what it has sent is not.</summary>
    public void Abandon(SimulatedReplica gone)
    {
        foreach (var traffic in _traffic.Where(t => t.From == gone).ToArray())
        {
            traffic.Call.Abandon();
            if (traffic.Call is not CommitCall || traffic.Call.IsExecuted || random.Next(2) == 0)
            {
                _traffic.Remove(traffic);
            }
        }
    }

    /// <summary>From now on nothing goes wrong: what was to hang or be lost never arrives.</summary>
    public void Heal()
    {
        FaultRate = 0;
        IsDown = false;
        foreach (var traffic in _traffic.Where(t => t.Fate == Fate.Hangs || t.Call.IsAnswered).ToArray())
        {
            _traffic.Remove(traffic);
        }

        _traffic.ForEach(t => t.Fate = Fate.Arrives);
    }

    private static bool IsMovable(Traffic traffic, TimeSpan now) => traffic switch
    {
        { Call: { IsExecuted: true, IsAnswered: false } } => traffic.From.PausedUntil <= now,
        { Call: { IsAnswered: true } or CommitCall, Fate: Fate.Hangs } => true,
        { Fate: Fate.Hangs } => false,
        _ => true,
    };

    private static string Told(Fate fate) => fate switch
    {
        Fate.IsRefused => "refused",
        Fate.LosesItsAnswer => "without an answer",
        Fate.Hangs => "hung",
        _ => "unharmed",
    };

    private Fate Choose() => random.NextDouble() >= FaultRate ? Fate.Arrives : (Fate)random.Next(1, 4);

    private void Move(Traffic traffic)
    {
        var (call, who) = (traffic.Call, traffic.From.Name);
        if (call.IsAnswered || (traffic.Fate == Fate.Hangs && call is CommitCall))
        {
            MoveLate(traffic);
        }
        else if (call.IsExecuted)
        {
            _traffic.Remove(traffic);
            if (traffic.Fate == Fate.LosesItsAnswer)
            {
                LoseAnswer(traffic);
            }
            else
            {
                say($"{who} gets the answer to {call.What}{(call is CommitCall { Outcome: var outcome } ? $": {outcome}" : "")}");
                call.Answer();
            }
        }
        else if (IsDown || traffic.Fate == Fate.IsRefused)
        {
            _traffic.Remove(traffic);
            say($"{who} is refused {call.What}");
            call.Refuse();
        }
        else if (traffic.Fate == Fate.LosesItsAnswer && random.Next(2) == 0)
        {
            // It is told before the server has seen the call, which may come yet.
            LoseAnswer(traffic);
        }
        else
        {
            Execute(traffic);
        }
    }

    // Long after its caller gave up it arrives, or it never does.
    private void MoveLate(Traffic traffic)
    {
        switch (random.Next(12))
        {
            case 0 when !IsDown:
                LateCommits++;
                Execute(traffic);
                _traffic.Remove(traffic);
                break;
            case 1 when traffic.Call.IsAnswered:
                _traffic.Remove(traffic);
                break;
            default:
                break;
        }
    }

    private void Execute(Traffic traffic)
    {
        traffic.Call.Execute();
        say($"{traffic.From.Name}: the server does {traffic.Call.What}{(traffic.Call is CommitCall { Outcome: var outcome } ? $": {outcome}" : "")}");
    }

    private void LoseAnswer(Traffic traffic)
    {
        if (traffic.Call.IsAnswered)
        {
            return;
        }

        LostCommits += traffic.Call is CommitCall ? 1 : 0;
        say($"{traffic.From.Name} gets no answer to {traffic.Call.What}, which was {(traffic.Call.IsExecuted ? "" : "not ")}done");
        traffic.Call.LoseAnswer();
        if (traffic.Call is not CommitCall)
        {
            _traffic.Remove(traffic);
        }
    }

    private enum Fate
    {
        Arrives,
        IsRefused,
        LosesItsAnswer,
        Hangs,
    }

    private sealed class Traffic(SimulatedReplica from, StoreCall call, Fate fate)
    {
        public SimulatedReplica From => from;

        public StoreCall Call => call;

        public Fate Fate { get; set; } = fate;
    }
}
