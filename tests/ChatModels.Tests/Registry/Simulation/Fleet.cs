using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>The processes of a simulation, and what each of them is doing: comparing, writing, accepting.</summary>
internal sealed class Fleet(
    Random random,
    SimulatedClock clock,
    SimulatedServer server,
    SimulatedNetwork network,
    HistoryModel model,
    RegistryOptions options,
    RegistrySeed seed,
    Action<string> say)
    : IDisposable
{
    private readonly Invariants _invariants = new(model, server);
    private readonly RestoreInvariant _restores = new(model, server, options);
    private readonly Dictionary<SimulatedReplica, Task<bool>> _announcements = [];
    private readonly Dictionary<SimulatedReplica, Comparison> _comparisons = [];
    private readonly Dictionary<SimulatedReplica, Acceptance> _acceptances = [];
    private readonly List<SimulatedWrite> _writes = [];
    private readonly List<SimulatedReplica> _replicas = [];
    private int _started;
    private int _written;

    public IReadOnlyList<SimulatedReplica> Replicas => _replicas;

    public IReadOnlyList<SimulatedWrite> WritesUnderWay => _writes;

    public bool IsIdle => _writes.Count == 0 && _comparisons.Count == 0 && _acceptances.Count == 0;

    public Coverage Seen { get; } = new();

    public SimulatedReplica Start()
    {
        SimulatedReplica? replica = null;
        var store = new SimulatedStore(server, call => network.Send(replica!, call));
        replica = new SimulatedReplica($"r{_started++}", store, clock, options, seed, new Random(random.Next())) { Store = store };
        store.Sending = commit => _restores.Sending(replica, commit, _replicas);
        _replicas.Add(replica);
        say($"{replica.Name} starts");
        return replica;
    }

    public void Kill(SimulatedReplica replica)
    {
        say($"{replica.Name} is killed");
        network.Abandon(replica);
        _replicas.Remove(replica);
        _comparisons.Remove(replica);
        _acceptances.Remove(replica);
        _announcements.Remove(replica);
        _writes.RemoveAll(w => w.At == replica);
        replica.Dispose();
    }

    /// <summary>Whether a replica may begin something that wants its gate.</summary>
    public bool IsReady(SimulatedReplica replica) => replica.PausedUntil <= clock.Now && replica.GateIsFree;

    public bool Compare(SimulatedReplica replica, int step)
    {
        if (!IsReady(replica) || _comparisons.ContainsKey(replica) || !(replica.WantsLook || replica.NextLook <= clock.Now))
        {
            return false;
        }

        replica.WantsLook = false;
        say($"{replica.Name} compares");
        _comparisons[replica] = new Comparison(replica.State, step, replica.RefreshAsync());
        return true;
    }

    public bool Announce(SimulatedReplica replica)
    {
        if (replica.PausedUntil > clock.Now || replica.NextAnnouncement > clock.Now || _announcements.ContainsKey(replica))
        {
            return false;
        }

        replica.NextAnnouncement = clock.Now + options.AnnounceInterval;
        _announcements[replica] = replica.AnnounceAsync();
        return true;
    }

    public void Write(SimulatedReplica replica, int step)
    {
        var number = ++_written;
        var change = Workload.Next(random, number, replica.Current);
        var write = new SimulatedWrite($"w{number}", change, replica, step);
        model.Begin(write);
        _writes.Add(write);
        say($"{replica.Name} is asked for {write}");
        var (registry, id, precondition, cancel) = (replica.Registry, change.Id, change.Precondition, write.Caller.Token);
        write.Run = change switch
        {
            { Provider: { } provider } => registry.PutProviderAsync(id, provider, precondition, write.Name, cancel),
            { Model: { } put } => registry.PutModelAsync(id, put, precondition, write.Name, cancel),
            { Kind: EntityKind.Provider } => registry.DeleteProviderAsync(id, precondition, write.Name, cancel),
            _ => registry.DeleteModelAsync(id, precondition, write.Name, cancel),
        };
    }

    /// <summary>An operator takes the store's history, or only looks what that would change.</summary>
    public bool Accept(SimulatedReplica replica, bool dryRun)
    {
        if (replica.State != RegistryState.Diverged || !IsReady(replica) || _acceptances.ContainsKey(replica))
        {
            return false;
        }

        say($"an operator accepts at {replica.Name}{(dryRun ? ", as a dry run" : "")}");
        _acceptances[replica] = new Acceptance(dryRun, replica.Registry.AcceptAsync(dryRun, CancellationToken.None));
        return true;
    }

    /// <summary>Holds everything against the model, and ends what has ended.</summary>
    public void Check(int step)
    {
        foreach (var replica in _replicas)
        {
            _invariants.Observe(replica, _acceptances.GetValueOrDefault(replica) is { DryRun: false });
        }

        foreach (var (replica, announcement) in _announcements.Where(a => a.Value.IsCompleted).ToArray())
        {
            _announcements.Remove(replica);
            Result(announcement, $"{replica.Name}'s announcement");
        }

        foreach (var (replica, comparison) in _comparisons.Where(c => c.Value.Run.IsCompleted).ToArray())
        {
            _comparisons.Remove(replica);
            End(replica, comparison);
        }

        foreach (var (replica, acceptance) in _acceptances.Where(a => a.Value.Run.IsCompleted).ToArray())
        {
            _acceptances.Remove(replica);
            End(replica, acceptance);
        }

        foreach (var write in _writes.Where(w => w.Run!.IsCompleted).ToArray())
        {
            _writes.Remove(write);
            End(write, step);
        }
    }

    public void NothingIsLost() => _invariants.NothingIsLost();

    public void Dispose() => _replicas.ForEach(r => r.Dispose());

    private void End(SimulatedReplica replica, Comparison comparison)
    {
        replica.NextLook = clock.Now + Result(comparison.Run, $"{replica.Name}'s comparison");
        _invariants.Compared(replica, comparison.Before, comparison.SinceStep);
        say($"{replica.Name} is {replica.State} at {replica.Current.Head?.ToString() ?? "nothing"}");
        Seen.Compared(comparison.Before, replica.State);
    }

    private void End(SimulatedReplica replica, Acceptance acceptance)
    {
        if (acceptance.Run.Exception?.InnerException is StoreUnavailableException)
        {
            say($"{replica.Name} could not accept");
            return;
        }

        var failure = Result(acceptance.Run, $"{replica.Name}'s acceptance").Failure;
        var outcome = failure is not null ? $"could not accept: {failure.Code}" : acceptance.DryRun ? "has shown the difference" : $"has accepted {replica.Current.Head}";
        say($"{replica.Name} {outcome}");
        Seen.Accepted += failure is null && !acceptance.DryRun ? 1 : 0;
    }

    private void End(SimulatedWrite write, int step)
    {
        if (write.Run!.IsCanceled)
        {
            say($"{write} was given up by its client");
            Seen.Writes.Add("given up");
            return;
        }

        var result = Result(write.Run, $"{write}");
        say($"{write} -> {result.Head?.ToString() ?? result.Failure!.Code}");
        Seen.Writes.Add(result.Failure?.Code ?? (write.Applied is null ? "there already" : "acknowledged"));
        switch (result.Failure)
        {
            case null:
                _invariants.Acknowledged(write, result, step);
                break;
            case { Code: ErrorCodes.RegistryWriteUnknown } failure:
                Invariants.Unknown(write, failure.Stamp);
                break;
            case var failure:
                Invariants.Refused(write, failure.Code);
                break;
        }
    }

    private static T Result<T>(Task<T> run, string what) =>
        run.IsCompletedSuccessfully ? run.Result : throw new SimulationViolationException($"{what} failed: {run.Exception?.InnerException}");

    private sealed record Comparison(RegistryState Before, int SinceStep, Task<TimeSpan> Run);

    private sealed record Acceptance(bool DryRun, Task<RegistryResult> Run);
}
