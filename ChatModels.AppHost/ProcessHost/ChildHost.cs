using System.Diagnostics;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>The running children. Until all are ready one's end is everyone's; afterwards it is a red line. No restarts: this is no orchestrator.</summary>
internal sealed class ChildHost(Terminal terminal) : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<RunningChild> _children = [];
    private readonly OrphanGuard _guard = new();
    private readonly TaskCompletionSource<RunningChild> _firstEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _allReady;
    private bool _stopping;

    /// <summary>Starts a child and waits until it is ready.</summary>
    public async Task StartAsync(ChildProcess description, CancellationToken cancellationToken)
    {
        var child = Launch(description);
        var clock = Stopwatch.StartNew();
        while (!await IsReadyAsync(child, clock, cancellationToken))
        {
            var ended = await Task.WhenAny(child.Exited, _firstEnd.Task, Task.Delay(PollEvery, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (ended == child.Exited)
            {
                throw Ended(child);
            }

            if (ended == _firstEnd.Task && !description.Optional)
            {
                throw Ended(await _firstEnd.Task);
            }
        }

        child.Ready();
        _guard.Watch(child.AllIds);
    }

    /// <summary>From here on a child's end is its own.</summary>
    public void AllReady()
    {
        lock (_gate)
        {
            _allReady = true;
            if (_firstEnd.Task.IsCompletedSuccessfully)
            {
                throw Ended(_firstEnd.Task.Result);
            }
        }
    }

    /// <summary>Stops everything, the last started first, all of it within ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        RunningChild[] children;
        lock (_gate)
        {
            _stopping = true;
            children = [.. _children.Reverse<RunningChild>()];
        }

        var clock = Stopwatch.StartNew();
        foreach (var child in children)
        {
            var left = StopWithin - clock.Elapsed;
            await child.StopAsync(left < Patience ? TimeSpan.FromTicks(Math.Max(0, left.Ticks)) : Patience);
            child.Dispose();
        }

        await _guard.DisposeAsync();
    }

    private static async Task<bool> IsReadyAsync(RunningChild child, Stopwatch clock, CancellationToken cancellationToken)
    {
        var description = child.Description;
        if (clock.Elapsed > description.ReadyWithin)
        {
            throw new StartFailedException($"{description.Name} was not ready within {description.ReadyWithin.TotalSeconds:0} seconds: {description.Cure}.");
        }

        return !child.Exited.IsCompleted && await description.IsReady(cancellationToken);
    }

    private static StartFailedException Ended(RunningChild child) =>
        new($"{child.Description.Name} ended with exit code {child.Exited.Result} before everything was ready: {child.Description.Cure}.");

    private RunningChild Launch(ChildProcess description)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            var child = RunningChild.Start(description, terminal);
            _guard.Watch([child.Id]);
            _children.Add(child);
            _ = ReportEndAsync(child);
            return child;
        }
    }

    private async Task ReportEndAsync(RunningChild child)
    {
        var exitCode = await child.Exited;
        _guard.Forget(child.AllIds);
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            if (!_allReady && !child.Description.Optional)
            {
                _firstEnd.TrySetResult(child);
            }
            else if (child.WasReady)
            {
                terminal.Failure($"{child.Description.Name} ended with exit code {exitCode}; the others run on. Ctrl+C stops them.");
            }
        }
    }
}
