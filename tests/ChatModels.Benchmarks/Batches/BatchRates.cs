namespace ChatModels.Benchmarks.Batches;

/// <summary>Lines a second: so many workers, so many lines, a vendor that takes so long.</summary>
internal sealed class BatchRates(BatchBenchOptions options)
{
    private const int Enough = 10_000;
    private const int LinesPerSecondAtOnce = 2_000;
    private const double TwoOverOne = 1.6;

    private readonly Dictionary<(int Workers, int Lines, int Wait), BatchRunFigures> _runs = [];

    public async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        foreach (var workers in options.Workers)
        {
            await using var rig = await BatchRig.StartAsync(workers);
            await rig.RunAsync(Enough * workers, TimeSpan.Zero); // The first one compiles code, in each worker.
            foreach (var (lines, wait) in options.Lines.SelectMany(lines => options.Waits.Select(wait => (lines, wait))))
            {
                _runs[(workers, lines, wait)] = await rig.RunAsync(lines, TimeSpan.FromMilliseconds(wait));
            }
        }

        return [.. _runs.Select(run => Rate(run.Key, run.Value)), .. AlongTheWay(), .. Scaling()];
    }

    private static Figure Rate((int Workers, int Lines, int Wait) load, BatchRunFigures run)
    {
        var hasGoal = load is { Workers: 1, Wait: 0, Lines: >= Enough };
        return new(
            $"{load.Workers} {(load.Workers == 1 ? "worker" : "workers")}, {load.Lines:N0} lines, vendor answers after {load.Wait} ms",
            hasGoal ? $">= {LinesPerSecondAtOnce:N0} lines/s" : "",
            $"{run.PerSecond:N0} lines/s",
            hasGoal ? run.PerSecond >= LinesPerSecondAtOnce : null);
    }

    // What needs no run of its own: an idle worker's first line, and what the lines cost in Redis.
    private IEnumerable<Figure> AlongTheWay()
    {
        foreach (var (load, run) in _runs.Where(r => r.Key is { Workers: 1, Wait: 0 }))
        {
            yield return new($"from creation to the first call, {load.Lines:N0} lines", "<= 500 ms", $"{run.ToFirstLine.TotalMilliseconds:0} ms", run.ToFirstLine.TotalMilliseconds <= 500);
        }

        foreach (var (load, run) in _runs.Where(r => r.Key.Workers == 1).OrderByDescending(r => r.Key.Lines).DistinctBy(r => r.Key.Wait))
        {
            yield return new($"cost of a line in Redis, vendor answers after {load.Wait} ms", "", $"{run.CommandsPerLine:0.00} commands, {run.BytesPerLine:N0} bytes both ways", null);
        }
    }

    private IEnumerable<Figure> Scaling()
    {
        foreach (var (one, two) in _runs.Where(r => r.Key is { Workers: 1, Wait: > 0, Lines: >= Enough }).Select(r => (r.Value, _runs.GetValueOrDefault((2, r.Key.Lines, r.Key.Wait)))))
        {
            if (two is not null)
            {
                yield return new($"two workers over one, {one.Lines:N0} lines, slow vendor", $">= {TwoOverOne}x", $"{two.PerSecond / one.PerSecond:0.00}x", two.PerSecond / one.PerSecond >= TwoOverOne);
            }
        }
    }
}
