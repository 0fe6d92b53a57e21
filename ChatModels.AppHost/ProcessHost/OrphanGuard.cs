using System.ComponentModel;
using System.Diagnostics;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>A tiny shell that ends the children when this process is gone without having stopped them (kill -9, a crash).</summary>
/// <remarks>It reads ids from a pipe that closes with this process. Where there is no shell (Windows) there is no guard.</remarks>
internal sealed class OrphanGuard : IAsyncDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        ids=
        while read -r word id; do
          case $word in
            watch) ids="$ids $id" ;;
            forget) kept=; for known in $ids; do [ "$known" = "$id" ] || kept="$kept $known"; done; ids=$kept ;;
            done) exit 0 ;;
          esac
        done
        [ -n "$ids" ] || exit 0
        kill -TERM $ids 2>/dev/null; sleep 3; kill -KILL $ids 2>/dev/null
        """;

    private readonly Lock _gate = new();
    private readonly Process? _shell = Start();

    public void Watch(IEnumerable<int> processIds) => Tell(processIds.Select(id => $"watch {id}"));

    /// <summary>They have ended, and others may be given their ids.</summary>
    public void Forget(IEnumerable<int> processIds) => Tell(processIds.Select(id => $"forget {id}"));

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            Tell(["done"]);
            await _shell.WaitForExitAsync();
            _shell.Dispose();
        }
    }

    private static Process? Start()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        try
        {
            return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private void Tell(IEnumerable<string> lines)
    {
        lock (_gate)
        {
            try
            {
                foreach (var line in lines)
                {
                    _shell?.StandardInput.WriteLine(line);
                }

                _shell?.StandardInput.Flush();
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The guard was killed: the children are still stopped in the ordinary way.
            }
        }
    }
}
