namespace ChatModels.Benchmarks;

/// <summary>One figure: what, how good it must be, what was seen.</summary>
internal sealed record Figure(string What, string Goal, string Measured, bool? Met)
{
    public string Verdict => Met switch { true => "yes", false => "**no**", null => "" };
}

internal static class MarkdownTable
{
    public static void Print(IEnumerable<Figure> figures)
    {
        Console.WriteLine();
        Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, load average {LoadAverage()}");
        Console.WriteLine();
        Console.WriteLine("| figure | goal | measured | met |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var figure in figures)
        {
            Console.WriteLine($"| {figure.What} | {figure.Goal} | {figure.Measured} | {figure.Verdict} |");
        }
    }

    // What else the machine did explains figures that nothing else explains.
    private static string LoadAverage() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";
}
