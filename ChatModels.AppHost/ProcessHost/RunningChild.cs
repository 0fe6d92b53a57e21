using System.ComponentModel;
using System.Diagnostics;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>A started child: its output on the terminal, its end as a task.</summary>
internal sealed class RunningChild : IDisposable
{
    // A grandchild may hold the pipes open after the child is gone.
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly Task _output;
    private IReadOnlyList<Descendant> _descendants = [];

    private RunningChild(ChildProcess description, Process process, Terminal terminal)
    {
        Description = description;
        Id = process.Id;
        _process = process;
        _output = Task.WhenAll(PumpAsync(process.StandardOutput, terminal), PumpAsync(process.StandardError, terminal));
        Exited = WaitAsync();
    }

    public ChildProcess Description { get; }

    public int Id { get; }

    /// <summary>The process, and what was found to run below it.</summary>
    public IEnumerable<int> AllIds => _descendants.Select(descendant => descendant.Id).Prepend(Id);

    public bool WasReady { get; private set; }

    /// <summary>Completes with the exit code, once the last lines are printed; never fails.</summary>
    public Task<int> Exited { get; }

    public static RunningChild Start(ChildProcess description, Terminal terminal)
    {
        var start = new ProcessStartInfo(description.Program, description.Arguments)
        {
            WorkingDirectory = description.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in description.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new RunningChild(description, process, terminal);
        }
        catch (Win32Exception problem)
        {
            throw new StartFailedException($"{description.Name} did not start: {problem.Message} {description.Cure}.");
        }
    }

    /// <summary>Marks the child as ready and remembers what runs below it, so that it does not outlive it.</summary>
    public void Ready()
    {
        WasReady = true;
        _descendants = Descendant.Of(Id);
    }

    public async Task StopAsync(TimeSpan patience)
    {
        if (!Exited.IsCompleted)
        {
            UnixSignals.Terminate(_process);
            if (await Task.WhenAny(Exited, Task.Delay(patience)) != Exited)
            {
                _process.Kill(entireProcessTree: true);
                await Exited;
            }
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        foreach (var descendant in _descendants)
        {
            descendant.Kill();
        }

        await Task.WhenAny(_output, Task.Delay(LastWords));
        return _process.ExitCode;
    }

    private async Task PumpAsync(StreamReader reader, Terminal terminal)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                terminal.ChildLine(Description.Name, line.TrimEnd());
            }
        }
    }
}
