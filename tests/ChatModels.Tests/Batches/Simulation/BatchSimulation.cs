using ChatModels.Tests.Registry.Simulation;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>Workers of production code over one failing store, moved step by step by one seed: the same seed does the same, always.</summary>
internal sealed class BatchSimulation
{
    private const int MostSettling = 60_000;
    private const int StepsOfLateWorkers = 500;

    private readonly SimulatedClock _clock = new();
    private readonly Random _random;
    private readonly Action<string> _say;
    private readonly BatchWorld _world;
    private readonly BatchInvariants _invariants;
    private readonly List<SimulatedWorker> _workers = [];
    private readonly (string Name, Action Make)[] _faults;
    private readonly bool _hasPoison;
    private int _started;
    private int _step;

    public BatchSimulation(int seed, Action<string>? trace)
    {
        _random = new Random(seed);
        _say = what => trace?.Invoke($"{_step,5} {_clock.Now:hh\\:mm\\:ss\\.fff} {what}");
        _world = new BatchWorld(_random, _clock, _say);
        _invariants = new BatchInvariants(_world, Seen);
        _world.Vendor.Called += _invariants.Called;
        (string Name, Action Make)[] all =
        [
            ("kill", () => Kill(AnyWorker())),
            ("kill and start", () => { Kill(AnyWorker()); Start(); }),
            ("start", Start),
            ("stop", () => Stop(AnyWorker())),
            ("stopped process", () => Pause(AnyWorker(), _random.Next(500, 40_000))),
            ("overslept", () => Oversleep(AnyWorker())),
            ("outage", () => GoDown(_random.Next(200, 20_000))),
            ("restart", () => GoDown(_random.Next(20, 400))),
            ("hung store", () => _world.Network.HungUntil = _clock.Now + TimeSpan.FromMilliseconds(_random.Next(100, 15_000))),
            ("time leap", () => _clock.Now += TimeSpan.FromSeconds(_random.Next(1, 30))),
            ("cancel", () => _world.Cancel(AnyBatch())),
            ("delete the input", () => _world.DeleteInput(AnyBatch())),
            ("delete the results", () => _world.DeleteResults(AnyBatch())),
        ];
        _invariants.IsOnlyCrashes = _random.Next(5) == 0;
        _faults = _invariants.IsOnlyCrashes ? [.. all.Take(3)] : [.. all.Where(_ => _random.Next(100) < 55)];
        _hasPoison = !_invariants.IsOnlyCrashes && _random.Next(3) == 0;
        if (_faults.Any(fault => fault.Name == "overslept"))
        {
            _world.Network.Sending += OversleepWhileFinishing;
        }

        _world.Network.FaultRate = _invariants.IsOnlyCrashes || _random.Next(3) == 0 ? 0 : _random.NextDouble() * 0.15;
    }

    public BatchCoverage Seen { get; } = new();

    public void Run()
    {
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            Start();
        }

        _world.Create(isGood: true, _hasPoison);
        var calm = _random.Next(20, 120);
        for (var steps = _random.Next(300, 1500); _step < steps; _step++)
        {
            Step();
            if (_random.Next(calm) == 0 && _faults.Length > 0)
            {
                MakeFault();
            }

            if (_random.Next(150) == 0 && _world.Batches.Count < 4)
            {
                _world.Create(_random.Next(6) > 0, _hasPoison && _random.Next(2) == 0);
            }
        }

        Settle();
        WakeAll();
        _invariants.CheckEnd();
        _clock.Now += TimeSpan.FromDays(60);
        _world.Sweep();
        _invariants.CheckNothingIsLeft();
        (Seen.Steps, Seen.Simulated) = (_step, _clock.Now - TimeSpan.FromDays(60));
        (Seen.LostAnswers, Seen.LateWrites, Seen.RivalAnswers) = (_world.Network.Lost, _world.Network.Late, _world.RivalAnswers);
    }

    private void Settle()
    {
        _say("faults stop");
        _world.Network.Heal();
        _workers.ForEach(worker => worker.PausedUntil = TimeSpan.Zero);
        for (var last = _step + MostSettling; !_world.IsAllClosed; _step++)
        {
            SimulationViolationException.Unless(_step < last, $"a batch is stuck: {string.Join(", ", _world.Batches.Select(b => $"{b.Id} {_world.Look(b).State.Status}"))}");
            if (!_workers.Exists(worker => !worker.IsStopping))
            {
                Start(); // Poison may have killed the last one.
            }

            Step();
        }
    }

    /// <summary>Whoever still stands still goes on with what he was about to do, after the results were deleted here and there.</summary>
    private void WakeAll()
    {
        _clock.Now = _workers.Select(worker => worker.PausedUntil).Append(_clock.Now).Max();
        foreach (var batch in _world.Batches.Where(_ => _random.Next(3) == 0))
        {
            _world.DeleteResults(batch);
        }

        for (var last = _step + StepsOfLateWorkers; _step < last; _step++)
        {
            Step();
        }
    }

    private void Step()
    {
        var worker = _workers.Count > 0 ? AnyWorker() : null;
        var done = _random.Next(100) switch
        {
            < 55 => _world.Network.MoveOne(),
            < 70 => worker is not null && worker.PausedUntil <= _clock.Now && Fire(worker),
            < 88 => _world.Vendor.AnswerOne(Kill),
            _ => Pass(),
        };
        if (!done)
        {
            _clock.Now += TimeSpan.FromMilliseconds(_random.NextDouble() * 15);
        }

        foreach (var one in _workers.ToArray())
        {
            if (one.PausedUntil <= _clock.Now)
            {
                one.Drain();
            }
        }

        _workers.RemoveAll(one => one.IsDead || (one.IsStopping && one.Run.IsCompleted));
        if (_step % 10 == 0)
        {
            _invariants.Check();
        }
    }

    private bool Fire(SimulatedWorker worker)
    {
        var fired = false;
        worker.In(() => fired = worker.Time.FireOne(_random, gateIsFree: true));
        return fired;
    }

    private bool Pass()
    {
        _clock.Now += TimeSpan.FromMilliseconds(_random.NextDouble() * (_random.Next(10) == 0 ? 1500 : 60));
        return true;
    }

    private void MakeFault()
    {
        var (name, make) = _faults[_random.Next(_faults.Length)];
        if (_workers.Count > 0 || name is not ("kill" or "kill and start" or "stop" or "stopped process" or "overslept"))
        {
            Seen.Faults.Add(name);
            _say($"fault: {name}");
            make();
        }
    }

    private SimulatedWorker AnyWorker() => _workers[_random.Next(_workers.Count)];

    private ExpectedBatch AnyBatch() => _world.Batches[_random.Next(_world.Batches.Count)];

    private void Start()
    {
        if (_workers.Count < 4)
        {
            var worker = new SimulatedWorker { Name = $"w{++_started}", Time = new SimulatedTime(_clock) };
            _say($"{worker.Name} starts");
            _workers.Add(worker);
            worker.Start(_world, _workers.Count);
        }
    }

    private void Stop(SimulatedWorker worker)
    {
        _say($"{worker.Name} is told to stop");
        worker.Stop();
    }

    private void Kill(SimulatedWorker worker)
    {
        _say($"{worker.Name} is killed");
        _invariants.Killed(worker);
        worker.Kill();
        _workers.Remove(worker);
    }

    private void Pause(SimulatedWorker worker, int milliseconds)
    {
        _say($"{worker.Name} stands still for {milliseconds} ms");
        worker.PausedUntil = _clock.Now + TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>It stands still until its claims have run out, and a little longer: somebody else works on its lines when it comes back with results.</summary>
    private void Oversleep(SimulatedWorker worker)
    {
        _clock.Now += _world.Options.Lease + TimeSpan.FromMilliseconds(_random.Next(2_000));
        Pause(worker, _random.Next(6_000));
    }

    // Between two steps of the end is where somebody else's end does most harm.
    private void OversleepWhileFinishing(SimulatedWorker worker, string what)
    {
        if ((what.StartsWith("add result", StringComparison.Ordinal) || what.StartsWith("complete file", StringComparison.Ordinal) || what.StartsWith("step Ended", StringComparison.Ordinal))
            && _random.Next(4) == 0)
        {
            Seen.SleptWhileFinishing++;
            Pause(worker, (int)_world.Options.Lease.TotalMilliseconds + _random.Next(20_000));
        }
    }

    private void GoDown(int milliseconds)
    {
        _world.Network.Break();
        _world.Network.DownUntil = _clock.Now + TimeSpan.FromMilliseconds(milliseconds);
    }
}
