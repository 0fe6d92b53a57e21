using ChatModels.Registry;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>The end of a simulation: faults stop, and the fleet must come to agree and go on working.</summary>
internal sealed partial class Simulation
{
    private static readonly TimeSpan LongestSettling = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestPropagation = TimeSpan.FromSeconds(5);

    private void Settle()
    {
        _faults.Stop();
        PumpUntil(IsInStep, LongestSettling, "agree on one registry after the faults had stopped", accepts: true);
        _fleet.NothingIsLost();
        _hints.AreAllLost = true;
        foreach (var replica in _fleet.Replicas)
        {
            var held = _model.Server;
            for (var attempt = 0; attempt < 20 && _model.Server == held; attempt++)
            {
                _fleet.Write(replica, _step);
                PumpUntil(() => _fleet.WritesUnderWay.Count == 0, LongestPropagation, "have a write answered", accepts: false);
            }

            SimulationViolationException.Unless(_model.Server != held, $"{replica.Name} can't write after the faults have stopped");
            PumpUntil(IsInStep, LongestPropagation, "show a write without any hint", accepts: false);
        }

        _fleet.NothingIsLost();
    }

    private bool IsInStep() => _model.Server is { } truth && _fleet.IsIdle
        && _fleet.Replicas.All(r => r.State == RegistryState.Live && r.Current.Head == truth.Head);

    private void PumpUntil(Func<bool> condition, TimeSpan most, string what, bool accepts)
    {
        var limit = _clock.Now + most;
        while (!condition())
        {
            SimulationViolationException.Unless(_clock.Now < limit, $"the fleet did not {what} within {most}: {Standings()}; the store holds {_model.Server}");
            if (!Pump(accepts))
            {
                _clock.Now += TimeSpan.FromMilliseconds(40);
            }
        }
    }

    private bool Pump(bool accepts)
    {
        var done = false;
        foreach (var replica in _fleet.Replicas)
        {
            done |= Do(() => _network.MoveOne(_clock.Now)) | Do(() => RunHeldBack(replica)) | Do(() => FireTimer(replica));
            done |= Do(() => _fleet.Compare(replica, _step)) | Do(() => _fleet.Announce(replica));
            done |= Do(_hints.DeliverOne) | (accepts && _model.Server is not null && Do(() => _fleet.Accept(replica, dryRun: false)));
        }

        return done;
    }

    private bool Do(Func<bool> action)
    {
        if (!action())
        {
            return false;
        }

        _step++;
        Settled();
        return true;
    }

    private string Standings() => string.Join(", ", _fleet.Replicas.Select(r => $"{r.Name} {r.State} {r.Current.Head}"));
}
