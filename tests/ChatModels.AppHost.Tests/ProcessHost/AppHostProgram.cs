using System.Diagnostics;
using ChatModels.AppHost.ProcessHost;
using ChatModels.AppHost.Programs;

namespace ChatModels.AppHost.Tests.ProcessHost;

/// <summary>The AppHost as its users start it: a process of its own.</summary>
internal sealed class AppHostProgram : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private AppHostProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int ExitCode => _process.ExitCode;

    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public static AppHostProgram Start(string[] arguments, string? path = null)
    {
        var start = new ProcessStartInfo(SearchPath.DotNet, ["exec", typeof(AppHostOptions).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        return new AppHostProgram(Process.Start(start)!);
    }

    public Task<bool> SaysAsync(string text, CancellationToken cancellationToken) =>
        Deadline.MetAsync(() => Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), TimeSpan.FromSeconds(90), cancellationToken);

    public IReadOnlyList<Descendant> Descendants() => Descendant.Of(_process.Id);

    public void Terminate() => UnixSignals.Terminate(_process);

    public void Kill() => _process.Kill();

    public async Task ExitAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(patience.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
