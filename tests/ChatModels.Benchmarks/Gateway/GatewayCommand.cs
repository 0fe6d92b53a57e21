using System.Globalization;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>The Api against a plain YARP proxy, nginx and no proxy at all, in short turns, so that what else the machine does meets them all.</summary>
internal static class GatewayCommand
{
    // A round is shared out in turns as short as this: what else the machine does comes and goes in seconds.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    // Connections are opened, and the last load's are forgotten.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
        var options = GatewayOptions.Parse(args);
        await using var targets = await GatewayTargets.StartAsync();
        foreach (var load in options.WarmUps)
        {
            await RunOnceAsync(targets, load, options.WarmUp);
        }

        var figures = new List<Figure>();
        foreach (var load in options.Loads)
        {
            figures.AddRange(await LoadAsync(targets, load, options));
        }

        if (options.Has("first"))
        {
            figures.AddRange(await FirstContent.MeasureAsync(targets));
        }

        if (options.Has("open"))
        {
            figures.AddRange(await OpenStreams.MeasureAsync(targets, options.OpenStreams));
        }

        MarkdownTable.Print(figures);
        return figures.Exists(f => f.Met is false) ? 1 : 0;
    }

    private static async Task<IReadOnlyList<Figure>> LoadAsync(GatewayTargets targets, Load load, GatewayOptions options)
    {
        var measured = targets.All.ToDictionary(target => target, _ => new Measurement());
        await RunOnceAsync(targets, load, Settling);

        var spans = await targets.SpansAsync();
        var turns = (int)Math.Ceiling(options.Length / LongestTurn);
        for (var turn = 0; turn < options.Rounds * turns; turn++)
        {
            foreach (var target in turn % 2 == 0 ? targets.All : targets.All.Reverse())
            {
                await measured[target].AddAsync(target, load, options.Length / turns, targets.Directory);
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(2)); // for the last spans to arrive
        spans = await targets.SpansAsync() - spans;
        Print(load, measured, measured[targets.Yarp], measured[targets.Upstream], spans / measured[targets.Traced].Requests);
        return GatewayGoals.Of(load, targets, measured, spans);
    }

    private static async Task RunOnceAsync(GatewayTargets targets, Load load, TimeSpan length)
    {
        foreach (var target in targets.All)
        {
            await load.RunAsync(target, length, targets.Directory);
        }
    }

    private static void Print(Load load, Dictionary<Target, Measurement> measured, Measurement yarp, Measurement direct, double spansPerRequest)
    {
        Console.WriteLine();
        Console.WriteLine($"### {load.Name}");
        Console.WriteLine();
        Console.WriteLine("| target | requests/s | to YARP | to direct | p50 ms | p99 ms | CPU us | to YARP | bytes | to YARP | RSS MB | errors |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (target, m) in measured)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {target.Name} | {m.Rate:0} | {m.RateTo(yarp):0.00} | {m.RateTo(direct):0.00} | {m.P50:0.000} | {m.P99:0.00} | {m.CpuPerRequest * 1e6:0} | {m.CpuTo(yarp):0.00} | {m.BytesPerRequest:0} | {m.BytesPerRequest / yarp.BytesPerRequest:0.00} | {m.Resident / 1048576} | {m.Errors} |"));
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Spans received at the sink for each request that was traced: {spansPerRequest:0.00}"));
    }
}
