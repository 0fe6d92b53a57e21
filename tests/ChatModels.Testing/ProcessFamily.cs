using System.Diagnostics;
using System.Globalization;

namespace ChatModels.Testing;

/// <summary>
/// Everything a test process has started, also what outlived its parent. On Linux each test process leads a session of its own, and
/// whoever is in that session belongs to it; parent ids would not do, because an orphan changes parents.
/// </summary>
internal static class ProcessFamily
{
    private static readonly string? Found = OperatingSystem.IsLinux() ? Tools.Find("setsid") : null;

    /// <summary>Whether processes stay in this one's session. Then only those that did not outlive their parents are found.</summary>
    public static bool SharesSession { get; set; }

    public static bool IsTracked => SetSid is not null;

    private static string? SetSid => SharesSession ? null : Found;

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

    /// <summary>A stop signal takes effect a little after it was sent. True where this can't be seen.</summary>
    public static bool IsStopped(Process leader) => !IsTracked || Alive(leader).All(id => StatOf(id) is null or ['T', ..]);

    public static IReadOnlyList<int> Alive(Process leader)
    {
        if (!IsTracked)
        {
            return leader.HasExited ? [] : OperatingSystem.IsLinux() ? [leader.Id, .. ChildrenOf(leader.Id)] : [leader.Id];
        }

        return [.. Ids().Where(id => IsAlive(id, field: 3, leader.Id))];
    }

    private static IEnumerable<int> ChildrenOf(int parent) => Ids().Where(id => IsAlive(id, field: 1, parent)).SelectMany(child => ChildrenOf(child).Prepend(child));

    private static IEnumerable<int> Ids() => Directory.EnumerateDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

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

    // State, parent, group, session: "S 1 4711 4711".
    private static bool IsAlive(int processId, int field, int value) =>
        StatOf(processId) is { } stat && stat[0] is not ('Z' or 'X') && int.Parse(stat.Split(' ')[field], CultureInfo.InvariantCulture) == value;

    private static string? StatOf(int processId)
    {
        try
        {
            // 4711 (name of any kind) S parent group session ...
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while we looked.
        }
    }
}
