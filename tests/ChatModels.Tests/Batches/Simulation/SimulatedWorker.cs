using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Registry;
using ChatModels.Tests.Registry.Simulation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>One worker process: the production runner over a simulated store, clock and vendor, and the one thread that it runs on.</summary>
internal sealed class SimulatedWorker : SynchronizationContext, IDisposable
{
    private const int MostInOneStep = 100_000;

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private BatchRunner? _runner;
    private volatile bool _left;

    public required string Name { get; init; }

    public required SimulatedTime Time { get; init; }

    /// <summary>What it has claimed things with.</summary>
    public HashSet<string> Tokens { get; } = [];

    public TimeSpan PausedUntil { get; set; }

    public bool IsDead { get; private set; }

    public bool IsStopping => _stop.IsCancellationRequested;

    public Task Run { get; private set; } = Task.CompletedTask;

    public void Start(BatchWorld world, int workers)
    {
        var store = new SimulatedBatchStore(world.Server, world.Network, this, world.Answered);
        var files = new SimulatedFileStore(world.Files, world.Network, this);
        var chance = new Chance(new Random(world.Random.Next()));
        var catalogue = new FileCatalogue(store, files, Options.Create(world.FileOptions), Time, chance);
        var context = new RunnerContext(store, files, catalogue, new SimulatedCaller(world.Vendor, this), new AnyModel(), world.Options, world.FileOptions, Time, chance, NullLogger.Instance);
        _runner = new BatchRunner(context, new FleetPace(_ => Task.FromResult(workers)), _ => { });
        In(() => Run = _runner.RunAsync(_stop.Token));
    }

    /// <summary>SIGTERM.</summary>
    public void Stop() => In(_stop.Cancel);

    /// <summary>SIGKILL: nothing of it runs any more.</summary>
    public void Kill()
    {
        IsDead = true;
        _queue.Clear();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _left = true;
        }
        else if (!IsDead)
        {
            _queue.Enqueue((d, state));
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    public void Dispose()
    {
        _runner?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Runs until nothing is left to run, or it is dead.</summary>
    public bool Drain()
    {
        var ran = _queue.Count > 0;
        In(() =>
        {
            for (var i = 0; !IsDead && _queue.TryDequeue(out var next); i++)
            {
                SimulationViolationException.Unless(i < MostInOneStep, $"{Name} runs without ever waiting for anything");
                next.Callback(next.State);
            }
        });
        SimulationViolationException.Unless(!_left, $"something of {Name} ran on another thread: the simulation is not deterministic any more");
        SimulationViolationException.Unless(!Run.IsFaulted, $"{Name} ended with {Run.Exception}");
        return ran;
    }

    /// <summary>Does something as this process.</summary>
    public void In(Action act)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            act();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
