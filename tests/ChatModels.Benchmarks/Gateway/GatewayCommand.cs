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
        var comparisons = options.Loads.Select(load => new LoadComparison(load)).ToList();
        var more = new List<Figure>();
        for (var start = 0; start < options.Starts; start++)
        {
            await using var targets = await GatewayTargets.StartAsync();
            foreach (var load in options.WarmUps)
            {
                await RunOnceAsync(targets, load, options.WarmUp);
            }

            foreach (var comparison in comparisons)
            {
                await MeasureAsync(targets, comparison, options.Length);
            }

            if (start == 0)
            {
                more.AddRange(options.Has("first") ? await FirstContent.MeasureAsync(targets) : []);
                more.AddRange(options.Has("open") ? await OpenStreams.MeasureAsync(targets, options.OpenStreams) : []);
            }
        }

        comparisons.ForEach(comparison => comparison.Print());
        List<Figure> figures = [.. comparisons.SelectMany(GatewayGoals.Of), .. more];
        MarkdownTable.Print(figures);
        return figures.Exists(f => f.Met is false) ? 1 : 0;
    }

    private static async Task MeasureAsync(GatewayTargets targets, LoadComparison comparison, TimeSpan length)
    {
        await RunOnceAsync(targets, comparison.Load, Settling);
        var spans = await targets.SpansAsync();
        var turns = (int)Math.Ceiling(length / LongestTurn);
        for (var turn = 0; turn < turns; turn++)
        {
            foreach (var target in turn % 2 == 0 ? targets.All : targets.All.Reverse())
            {
                await comparison.Of(target.Name).AddAsync(target, comparison.Load, length / turns, targets.Directory);
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(2)); // for the last spans to arrive
        comparison.Spans += await targets.SpansAsync() - spans;
    }

    private static async Task RunOnceAsync(GatewayTargets targets, Load load, TimeSpan length)
    {
        foreach (var target in targets.All)
        {
            await load.RunAsync(target, length, targets.Directory);
        }
    }
}
