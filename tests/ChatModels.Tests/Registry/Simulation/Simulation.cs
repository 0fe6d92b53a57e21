using ChatModels.Registry;
using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>A fleet of production registries over one failing store, moved step by step by one seed: the same seed does the same, always.</summary>
internal sealed partial class Simulation : IDisposable
{
    private readonly SimulatedThread _thread = new();
    private readonly SimulatedClock _clock = new();
    private readonly Random _random;
    private readonly Action<string> _say;
    private readonly SimulatedServer _server;
    private readonly SimulatedNetwork _network;
    private readonly HistoryModel _model;
    private readonly Hints _hints;
    private readonly Fleet _fleet;
    private readonly Faults _faults;
    private readonly int _calm;
    private int _step;

    public Simulation(int seed, Action<string>? trace)
    {
        _random = new Random(seed);
        _say = what =>
        {
            trace?.Invoke($"{_step,4} {_clock.Now:hh\\:mm\\:ss\\.fff} {what}");
        };

        // A short log is one that forgets; most seeds have the long one of production, with which nothing may go unnoticed.
        _server = new SimulatedServer(new SimulatedTime(_clock), _random.Next(4) == 0 ? _random.Next(2, 12) : LogBound.MaxEntries);
        var registrySeed = Workload.Seed();
        var options = new RegistryOptions { BirthDelay = _random.Next(2) == 0 ? TimeSpan.Zero : new RegistryOptions().BirthDelay };
        _model = new HistoryModel(_server, registrySeed);
        _network = new SimulatedNetwork(_random, _say);
        _hints = new Hints(_random, _say);
        _fleet = new Fleet(_random, _clock, _server, _network, _model, options, registrySeed, _say);
        _faults = new Faults(_random, _clock, _server, _network, _model, _fleet, _say);
        _calm = _random.Next(25, 150);
        _server.Applied += Applied;
        _server.TooLate += commit => Seen.Commits.Add(commit.Expected is null ? "too late for an empty store" : "too late");
    }

    public Coverage Seen => _fleet.Seen;

    public void Run()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_thread);
        try
        {
            for (var i = _random.Next(2, 5); i > 0; i--)
            {
                _fleet.Start();
            }

            for (var steps = _random.Next(300, 1200); _step < steps; _step++)
            {
                Step();
                Settled();
            }

            Settle();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            (Seen.Steps, Seen.Simulated, Seen.LostAnswers, Seen.LateCommits) = (_step, _clock.Now, _network.LostCommits, _network.LateCommits);
            Seen.Hints.Add(_hints.Seen);
            Seen.Calls.Add(_network.Seen);
        }
    }

    public void Dispose() => _fleet.Dispose();

    private void Applied(StoreCommit commit)
    {
        var node = _model.Apply(commit, _step);
        Seen.Commits.Add(node.Parent is null ? "births" : commit.Expected is null ? "restores" : "writes");
        _hints.Publish(_fleet.Replicas);
    }

    // The rest of a step: whatever production code does before it waits again, and what must hold then.
    private void Settled()
    {
        _thread.Drain();
        _fleet.Check(_step);
    }

    private void Step()
    {
        var replica = _fleet.Replicas[_random.Next(_fleet.Replicas.Count)];
        var done = _random.Next(100) switch
        {
            < 50 => _faults.HungUntil <= _clock.Now && _network.MoveOne(_clock.Now),
            < 60 => _hints.DeliverOne(),
            < 67 => _fleet.Compare(replica, _step),
            < 70 => _fleet.Announce(replica),
            < 78 => RunHeldBack(replica),
            < 83 => FireTimer(replica),
            < 92 => BeginWrite(replica),
            < 93 => GiveUp(),
            < 95 => _fleet.Accept(replica, dryRun: _random.Next(3) == 0),
            _ => Pass(),
        };
        if (!done)
        {
            // Nothing of that kind is to be done: a moment passes, as it does between any two things.
            _clock.Now += TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerMillisecond * 2));
        }

        if (_step > _calm / 2 && _random.Next(_calm) == 0)
        {
            _faults.Make(_step);
        }

        _faults.Recover();
    }

    private bool RunHeldBack(SimulatedReplica replica)
    {
        if (replica.HeldBack.Count == 0 || !_fleet.IsReady(replica))
        {
            return false;
        }

        replica.HeldBack.RunOne(_random);
        return true;
    }

    private bool FireTimer(SimulatedReplica replica) => replica.PausedUntil <= _clock.Now && replica.Time.FireOne(_random, replica.GateIsFree);

    private bool BeginWrite(SimulatedReplica replica)
    {
        if (_fleet.WritesUnderWay.Count >= 4 || replica.PausedUntil > _clock.Now)
        {
            return false;
        }

        _fleet.Write(replica, _step);
        return true;
    }

    private bool GiveUp()
    {
        if (_fleet.WritesUnderWay.Count == 0 || _random.Next(4) > 0)
        {
            return false;
        }

        var write = _fleet.WritesUnderWay[_random.Next(_fleet.WritesUnderWay.Count)];
        _say($"the client of {write.Name} goes away");
        write.Caller.Cancel();
        return true;
    }

    private bool Pass()
    {
        var most = _random.Next(10) switch { < 5 => 50, < 8 => 500, _ => 4000 };
        _clock.Now += TimeSpan.FromMilliseconds(_random.NextDouble() * most);
        return true;
    }
}
