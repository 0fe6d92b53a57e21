using System.Runtime.InteropServices;

namespace ChatModels.Testing;

public enum ProcessSignal
{
    Terminate,
    Interrupt,
    Kill,
    Stop,
    Continue,
}

internal static class PosixSignals
{
    /// <summary>False when no such process exists (any more).</summary>
    public static bool Send(int processId, ProcessSignal signal)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("These tests steer real processes with POSIX signals; run them on Linux or macOS.");
        }

        return Kill(processId, Number(signal)) == 0;
    }

    private static int Number(ProcessSignal signal) => signal switch
    {
        ProcessSignal.Interrupt => 2,
        ProcessSignal.Kill => 9,
        ProcessSignal.Terminate => 15,
        ProcessSignal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
        ProcessSignal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
