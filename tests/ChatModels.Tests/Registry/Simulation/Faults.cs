namespace ChatModels.Tests.Registry.Simulation;

/// <summary>What goes wrong in a simulation. Each seed has its own selection.</summary>
internal sealed class Faults
{
    private const int MostReplicas = 5;

    private readonly Random _random;
    private readonly SimulatedClock _clock;
    private readonly SimulatedServer _server;
    private readonly SimulatedNetwork _network;
    private readonly HistoryModel _model;
    private readonly Fleet _fleet;
    private readonly Action<string> _say;
    private readonly (string Name, Action<int> Make)[] _chosen;

    public Faults(Random random, SimulatedClock clock, SimulatedServer server, SimulatedNetwork network, HistoryModel model, Fleet fleet, Action<string> say)
    {
        (_random, _clock, _server, _network, _model, _fleet, _say) = (random, clock, server, network, model, fleet, say);
        (string Name, Action<int> Make)[] all =
        [
            ("wipe", step => Become(null, step, "wiped")),
            ("failover", FailOver),
            ("old dump", RestartFromAnyCopy),
            ("restart", _ => GoDown(TimeSpan.FromMilliseconds(random.Next(50, 400)))),
            ("outage", _ => GoDown(TimeSpan.FromSeconds(random.Next(1, 9)))),
            ("hung server", _ => Hang(TimeSpan.FromMilliseconds(random.Next(200, 7000)))),
            ("kill", _ => Kill()),
            ("start", _ => Start()),
            ("stopped process", _ => Pause(AnyReplica(), TimeSpan.FromMilliseconds(random.Next(500, 15_000)))),
            ("clock jump", _ => AnyReplica().Time.WallOffset += TimeSpan.FromMinutes(random.Next(-600, 600))),
            ("time leap", _ => clock.Now += TimeSpan.FromSeconds(random.Next(5, 60))),
        ];
        _chosen = [.. all.Where(_ => random.Next(100) < 60)];
        network.FaultRate = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.25;
    }

    public TimeSpan DownUntil { get; private set; }

    public TimeSpan HungUntil { get; private set; }

    public void Make(int step)
    {
        if (_chosen.Length == 0)
        {
            return;
        }

        var (name, make) = _chosen[_random.Next(_chosen.Length)];
        _fleet.Seen.Faults.Add(name);
        _say($"fault: {name}");
        make(step);
    }

    /// <summary>What has passed by itself.</summary>
    public void Recover()
    {
        if (_network.IsDown && DownUntil <= _clock.Now)
        {
            _say("the server is back");
            _network.IsDown = false;
        }
    }

    /// <summary>From now on nothing goes wrong.</summary>
    public void Stop()
    {
        _say("faults stop");
        (DownUntil, HungUntil) = (TimeSpan.Zero, TimeSpan.Zero);
        _network.Heal();
        foreach (var replica in _fleet.Replicas)
        {
            replica.PausedUntil = TimeSpan.Zero;
        }

        if (_fleet.Replicas.Count < 2)
        {
            _fleet.Start();
        }
    }

    private SimulatedReplica AnyReplica() => _fleet.Replicas[_random.Next(_fleet.Replicas.Count)];

    private void Become(HistoryNode? node, int step, string how)
    {
        _say($"the server is {how}: it holds {node?.ToString() ?? "nothing"} instead of {_model.Server?.ToString() ?? "nothing"}");
        _network.Break();
        _server.Become(node?.Server ?? ServerState.Empty);
        _model.Lost(node, step);
    }

    // What was at the old primary is gone, and often somebody who does not know of it writes on at once, past the revision that others hold.
    private void FailOver(int step)
    {
        var node = _model.Server;
        for (var back = _random.Next(1, 5); back > 0 && node?.Parent is { } parent; back--)
        {
            node = parent;
        }

        Become(node, step, "failed over");
        if (_random.Next(3) > 0)
        {
            Pause(AnyReplica(), TimeSpan.FromMilliseconds(_random.Next(500, 6000)));
            Start();
        }
    }

    private void RestartFromAnyCopy(int step)
    {
        if (_model.Nodes.Count > 0)
        {
            Become(_model.Nodes.ElementAt(_random.Next(_model.Nodes.Count)), step, "restarted from an old dump");
        }
    }

    private void GoDown(TimeSpan time)
    {
        _network.Break();
        _network.IsDown = true;
        DownUntil = _clock.Now + time;
    }

    private void Hang(TimeSpan time) => HungUntil = _clock.Now + time;

    private void Kill()
    {
        if (_fleet.Replicas.Count > 1)
        {
            _fleet.Kill(AnyReplica());
        }
    }

    private void Start()
    {
        if (_fleet.Replicas.Count < MostReplicas)
        {
            _fleet.Start();
        }
    }

    private void Pause(SimulatedReplica replica, TimeSpan time)
    {
        _say($"{replica.Name} stands still for {time}");
        replica.PausedUntil = _clock.Now + time;
    }
}
