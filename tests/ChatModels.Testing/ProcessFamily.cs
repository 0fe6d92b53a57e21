using System.Diagnostics;
using System.Globalization;

namespace ChatModels.Testing;

/// <summary>
/// Everything a test process has started, also what outlived its parent. On Linux each test process leads a session of its own, and
/// whoever is in that session belongs to it; parent ids would not do, because an orphan changes parents.
/// </summary>
internal static class ProcessFamily
{
    private static readonly string? SetSid = OperatingSystem.IsLinux() ? Tools.Find("setsid") : null;

    public static bool IsTracked => SetSid is not null;

    public static void LeadOwnSession(ProcessStartInfo start, string executable)
    {
        if (SetSid is null)
        {
            start.FileName = executable;
            return;
        }

        // Not being a group leader yet, setsid does not fork: the process keeps the id that Process.Start reports.
        start.FileName = SetSid;
        start.ArgumentList.Add(executable);
    }

    public static IReadOnlyList<int> Alive(Process leader)
    {
        if (!IsTracked)
        {
            return leader.HasExited ? [] : [leader.Id];
        }

        return [.. Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && IsAliveIn(id, leader.Id))];
    }

    public static void Kill(Process leader)
    {
        if (!IsTracked)
        {
            leader.Kill(entireProcessTree: true);
            return;
        }

        // Again until nobody is left: a member may fork between the listing and the signal.
        for (var round = 0; round < 100; round++)
        {
            var alive = Alive(leader);
            if (alive.Count == 0)
            {
                return;
            }

            foreach (var id in alive)
            {
                PosixSignals.Send(id, ProcessSignal.Kill);
            }

            Thread.Yield();
        }
    }

    private static bool IsAliveIn(int processId, int session)
    {
        try
        {
            // 4711 (name of any kind) S parent group session ...
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not ("Z" or "X") && int.Parse(fields[3], CultureInfo.InvariantCulture) == session;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It ended while we looked.
        }
    }
}
