using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>The processes below a process: Garnet runs under `dotnet tool exec`, the dashboard under the Aspire CLI. Linux only; elsewhere nothing is found.</summary>
internal sealed record Descendant(int Id, DateTime Started)
{
    public static IReadOnlyList<Descendant> Of(int processId)
    {
        var found = new List<Descendant>();
        var left = new Queue<int>([processId]);
        while (left.TryDequeue(out var id))
        {
            foreach (var child in ChildrenOf(id))
            {
                if (Find(child) is { } descendant)
                {
                    found.Add(descendant);
                    left.Enqueue(child);
                }
            }
        }

        return found;
    }

    /// <summary>Ends it if it is still the same process: ids are used again.</summary>
    public void Kill()
    {
        if (Find(Id) == this)
        {
            Try(Id, process =>
            {
                process.Kill();
                return true;
            });
        }
    }

    private static Descendant? Find(int processId) => Try(processId, process => new Descendant(processId, process.StartTime));

    private static List<int> ChildrenOf(int processId)
    {
        var children = new List<int>();
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
            {
                children.AddRange(File.ReadAllText(Path.Combine(thread, "children"))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
            }
        }
        catch (IOException)
        {
            // It ended while it was looked at, or there is no /proc here.
        }

        return children;
    }

    private static T? Try<T>(int processId, Func<Process, T> use)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return use(process);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return default;
        }
    }
}
