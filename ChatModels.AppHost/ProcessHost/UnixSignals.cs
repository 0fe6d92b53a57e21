using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ChatModels.AppHost.ProcessHost;

internal static partial class UnixSignals
{
    private const int Sigterm = 15;

    /// <summary>Asks a process to end. Windows has no such question for a process without a window: there it is ended.</summary>
    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            // An error means that it is gone already, which is what was wanted.
            _ = Kill(process.Id, Sigterm);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
