using System.ComponentModel;
using System.Diagnostics;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>A program that is run to its end, for its answer.</summary>
internal static class Tool
{
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            return await ReadAsync(process, cancellationToken);
        }
        catch (Win32Exception problem)
        {
            return (-1, problem.Message);
        }
    }

    private static async Task<(int ExitCode, string Output)> ReadAsync(Process process, CancellationToken cancellationToken)
    {
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, (await errors) + (await output));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
