using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChatModels.Testing;

/// <summary>A real process that belongs to one test and never outlives it, whatever becomes of the test.</summary>
public sealed class TestProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<TestProcess, bool> Started = new();

    private readonly Process _process;
    private readonly ProcessOutput _output = new();

    static TestProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    private TestProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }
    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;
    public int ExitCode => _process.ExitCode;

    /// <summary>The last 5,000 lines of standard output and error, in the order of their arrival.</summary>
    public IReadOnlyList<string> Lines => _output.Lines;

    /// <summary>The process and everything it started that still runs. Only complete on Linux.</summary>
    public IReadOnlyList<int> AliveIds => ProcessFamily.Alive(_process);

    /// <summary>
    /// From now on processes stay in this one's session, for measuring: Linux shares its time out by sessions first (sched_autogroup), so that a program that fills two cores
    /// waits for tens of milliseconds beside a load generator and an upstream that have sessions of their own. What outlives its parent is not found any more.
    /// </summary>
    public static void ShareSession() => ProcessFamily.SharesSession = true;

    public static TestProcess Start(string fileName, IEnumerable<string> arguments, Action<ProcessStartInfo>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(arguments);
        var executable = File.Exists(fileName) ? Path.GetFullPath(fileName) : Tools.Find(fileName);
        if (executable is null)
        {
            throw new FileNotFoundException($"{fileName} is neither a file nor on the PATH.", fileName);
        }

        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        ProcessFamily.LeadOwnSession(start, executable);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        WithoutBuildServers(start);
        configure?.Invoke(start);
        return Start(Path.GetFileName(executable), start);
    }

    /// <summary>Signals the process itself.</summary>
    public void Signal(ProcessSignal signal) => PosixSignals.Send(Id, signal);

    /// <summary>Signals the process and everything it started.</summary>
    public void SignalAll(ProcessSignal signal)
    {
        foreach (var id in AliveIds)
        {
            PosixSignals.Send(id, signal);
        }
    }

    /// <summary>SIGSTOP for the process and everything it started; returns when none of them runs any more.</summary>
    public async Task PauseAsync()
    {
        SignalAll(ProcessSignal.Stop);
        await WaitUntil.TrueAsync(() => ProcessFamily.IsStopped(_process), $"{Name} ({Id}) to stop");
    }

    public Task<string> WaitForLineAsync(string part, TimeSpan? within = null, CancellationToken cancellationToken = default) =>
        WaitForLineAsync(line => line.Contains(part, StringComparison.Ordinal), $"a line with '{part}'", within, cancellationToken);

    public async Task<string> WaitForLineAsync(
        Func<string, bool> match, string awaited, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        await WaitUntilAsync(() => Lines.Any(match), awaited, within, cancellationToken);
        return Lines.First(match);
    }

    /// <summary>Waits for a condition that the process brings about; gives up at once when the process ends before.</summary>
    public Task WaitUntilAsync(Func<bool> condition, string awaited, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return WaitUntilAsync(_ => Task.FromResult(condition()), awaited, within, cancellationToken);
    }

    public async Task WaitUntilAsync(
        Func<CancellationToken, Task<bool>> condition, string awaited, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var met = false;
        var ended = false;
        try
        {
            await WaitUntil.TrueAsync(async token =>
            {
                ended = HasExited;
                met = await condition(token);
                return met || ended;
            }, $"{awaited} from {Name}", within, cancellationToken);
        }
        catch (TimeoutException exception) when (!ended)
        {
            throw new TimeoutException($"{exception.Message} It wrote:\n{_output}", exception);
        }

        if (!met)
        {
            await _output.DrainAsync();
            throw new InvalidOperationException($"{Name} ended with exit code {ExitCode} before {awaited}. It wrote:\n{_output}");
        }
    }

    public async Task<int> WaitForExitAsync(TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        await WaitUntilAsync(() => HasExited, "its end", within, cancellationToken);
        await _output.DrainAsync();
        return ExitCode;
    }

    /// <summary>SIGKILL for the process and everything it started; returns when none of them is left.</summary>
    public async Task KillAsync()
    {
        ProcessFamily.Kill(_process);
        await WaitUntil.TrueAsync(() => HasExited && AliveIds.Count == 0, $"the end of {Name} ({Id}) after SIGKILL");
    }

    public async ValueTask DisposeAsync()
    {
        if (Started.TryRemove(this, out _))
        {
            await KillAsync();
            _process.Dispose();
        }
    }

    private static TestProcess Start(string name, ProcessStartInfo start)
    {
        var process = new Process { StartInfo = start };
        var started = new TestProcess(name, process);
        process.OutputDataReceived += (_, line) => started._output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => started._output.Add(line.Data);
        process.Start();
        Started.TryAdd(started, true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return started;
    }

    // A build server that a `dotnet` child leaves running would belong to the test, be killed with it, and take other builds down.
    private static void WithoutBuildServers(ProcessStartInfo start)
    {
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
    }

    private static void KillAll()
    {
        foreach (var started in Started.Keys)
        {
            ProcessFamily.Kill(started._process);
        }
    }
}
