using System.Runtime.InteropServices;
using ChatModels.AppHost.Programs;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>The Aspire CLI: the one on the PATH, or this checkout's own, which npm fetches once.</summary>
/// <param name="Program">What to start.</param>
/// <param name="Home">Where it unpacks itself; null for its own choice.</param>
internal sealed record AspireCli(string Program, string? Home)
{
    private static readonly TimeSpan InstallWithin = TimeSpan.FromSeconds(90);

    private static string Root => Path.Combine(BuildFacts.Artifacts, "aspire-cli");

    private static string Installed => Path.Combine(Root, BuildFacts.AspireVersion, OperatingSystem.IsWindows() ? "aspire.exe" : "aspire");

    public static async Task<AspireCli> FindAsync(CancellationToken cancellationToken)
    {
        if (SearchPath.Find("aspire") is { } program && await KnowsDashboardAsync(program, cancellationToken))
        {
            return new AspireCli(program, Home: null);
        }

        if (!File.Exists(Installed))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(InstallWithin);
            try
            {
                await InstallAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StartFailedException($"npm did not fetch the Aspire CLI within {InstallWithin.TotalSeconds:0} seconds; the next start tries again.");
            }
        }

        return new AspireCli(Installed, Path.Combine(Root, "home"));
    }

    // CLIs before 13.3 have no dashboard command.
    private static async Task<bool> KnowsDashboardAsync(string program, CancellationToken cancellationToken) =>
        (await Tool.RunAsync(program, ["dashboard", "run", "--help"], cancellationToken)).ExitCode == 0;

    private static async Task InstallAsync(CancellationToken cancellationToken)
    {
        var npm = SearchPath.Find("npm") ?? throw new StartFailedException("there is neither aspire nor npm on the PATH to get it with (https://aspire.dev, https://nodejs.org).");
        using var held = await LockAsync(cancellationToken);
        if (File.Exists(Installed))
        {
            return; // by another AppHost, meanwhile
        }

        var package = $"@microsoft/aspire-cli-{RuntimeInformation.RuntimeIdentifier}";
        var download = Path.Combine(Root, "npm");
        var (exitCode, output) = await Tool.RunAsync(npm,
            ["install", "--prefix", download, "--no-audit", "--no-fund", "--no-save", "--loglevel", "error", $"{package}@{BuildFacts.AspireVersion}"], cancellationToken);
        if (exitCode != 0)
        {
            throw new StartFailedException($"npm could not fetch {package}@{BuildFacts.AspireVersion}: {output.Split('\n')[0].Trim()}");
        }

        // The CLI unpacks itself beside its own path, so it must not stay in node_modules. Moved last: what is there is whole.
        Directory.CreateDirectory(Path.GetDirectoryName(Installed)!);
        File.Move(Path.Combine(download, "node_modules", package, "bin", Path.GetFileName(Installed)), Installed);
        Directory.Delete(download, recursive: true);
    }

    private static async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Root);
        while (true)
        {
            if (FileLock.TryTake(Path.Combine(Root, ".lock")) is { } held)
            {
                return held;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }
}
