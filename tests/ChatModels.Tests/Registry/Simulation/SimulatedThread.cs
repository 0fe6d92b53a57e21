namespace ChatModels.Tests.Registry.Simulation;

/// <summary>
/// The one thread of a simulation: every continuation of production code comes here, in order. Another thread in it would end the determinism,
/// so that is an error.
/// </summary>
internal sealed class SimulatedThread : SynchronizationContext
{
    private const int MostInOneStep = 100_000;

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile bool _left;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _left = true;
            return;
        }

        _queue.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in the registry waits for a thread.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs until nothing is left to run.</summary>
    public void Drain()
    {
        for (var i = 0; _queue.TryDequeue(out var next); i++)
        {
            if (i > MostInOneStep)
            {
                throw new SimulationViolationException("Production code runs without ever waiting for anything.");
            }

            next.Callback(next.State);
        }

        if (_left)
        {
            throw new SimulationViolationException("Something ran on another thread: the simulation is not deterministic any more.");
        }
    }
}

/// <summary>Holds back what production code wants to run off its caller's thread, until the scheduler chooses it.</summary>
internal sealed class HeldBack : TaskScheduler
{
    private readonly List<Task> _tasks = [];

    public int Count => _tasks.Count;

    public void RunOne(Random random)
    {
        var task = _tasks[random.Next(_tasks.Count)];
        _tasks.Remove(task);
        TryExecuteTask(task);
    }

    protected override void QueueTask(Task task) => _tasks.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
