using System.Diagnostics;
using ChatModels.AppHost.ProcessHost;

namespace ChatModels.AppHost.Tests.ProcessHost;

/// <summary>A launcher at work in this process, with what it printed and what it started.</summary>
internal sealed class Run : IAsyncDisposable
{
    private readonly StringWriter _output = new();
    private readonly TextWriter _shared;
    private readonly CancellationTokenSource _stop = new();

    private Run(LaunchPlan plan)
    {
        _shared = TextWriter.Synchronized(_output);
        ExitCode = new Launcher(new Terminal(_shared, colours: false)).RunAsync(_ => Task.FromResult(plan), _stop.Token);
    }

    public Task<int> ExitCode { get; }

    public string Output
    {
        get
        {
            lock (_shared)
            {
                return _output.ToString();
            }
        }
    }

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static Run Of(params ChildProcess[] children) => new(new LaunchPlan(children) { Welcome = ["welcome"] });

    public static Run Of(LaunchPlan plan) => new(plan);

    public Task<bool> SaysAsync(string text, CancellationToken cancellationToken) =>
        Deadline.MetAsync(() => Output.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(20), cancellationToken);

    /// <summary>The ids that children printed as `pid N`.</summary>
    public IReadOnlyList<int> PrintedIds() =>
        [.. Lines.Where(line => line.Contains(" pid ", StringComparison.Ordinal)).Select(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], null))];

    public async Task<TimeSpan> StopAsync()
    {
        var clock = Stopwatch.StartNew();
        await _stop.CancelAsync();
        await ExitCode;
        return clock.Elapsed;
    }

    /// <summary>Whether a process still runs; one that ended and waits for init to notice does not.</summary>
    public static bool IsAlive(int processId)
    {
        var status = $"/proc/{processId}/status";
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited && !(File.Exists(status) && File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal));
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _shared.DisposeAsync();
    }
}
