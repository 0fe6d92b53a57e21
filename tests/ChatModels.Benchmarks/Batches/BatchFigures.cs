using System.Diagnostics;

namespace ChatModels.Benchmarks.Batches;

/// <summary>What batches cost and how fast they are: real workers, a real redis-server, a vendor that answers at once or after 50 ms.</summary>
internal static class BatchFigures
{
    private const int Small = 1_000;
    private const int Middle = 10_000;
    private const int Large = 50_000;
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync() =>
        [.. await OneWorkerAsync(), .. await ManyWorkersAsync(), .. await TakeOverAsync()];

    private static async Task<IReadOnlyList<Figure>> OneWorkerAsync()
    {
        List<Figure> figures = [];
        await using (var rig = await BatchRig.StartAsync(workers: 1))
        {
            await rig.RunAsync(Small, TimeSpan.Zero); // The first one compiles code.
            var small = await rig.RunAsync(Small, TimeSpan.Zero);
            var middle = await rig.RunAsync(Middle, TimeSpan.Zero);
            figures.Add(new("create to first line, idle worker", "<= 500 ms", $"{small.ToFirstLine.TotalMilliseconds:0} ms, {middle.ToFirstLine.TotalMilliseconds:0} ms with 10,000 lines", small.ToFirstLine.TotalMilliseconds <= 500));
            figures.Add(Rate("1 worker, 1,000 lines of 4 KB, 0 ms", small, null));
            figures.Add(Rate("1 worker, 10,000 lines of 4 KB, 0 ms", middle, 2000));
            figures.Add(new("cost of a line in Redis", "", $"{middle.CommandsPerLine:0.00} commands, {middle.BytesPerLine / 1024:0.0} KB both ways", null));
        }

        var memory = await MemoryAsync(Middle);
        var large = await MemoryAsync(Large);
        figures.Add(Rate("1 worker, 50,000 lines of 4 KB, 0 ms", large, 2000));
        figures.Add(new(
            "worker's peak RSS, 50,000 lines over 10,000", "<= 1.1x", $"{large.PeakMegabytes:0} MB / {memory.PeakMegabytes:0} MB = {large.PeakMegabytes / memory.PeakMegabytes:0.00}x",
            large.PeakMegabytes / memory.PeakMegabytes <= 1.1));
        return figures;
    }

    // Each in a process of its own: a peak does not go down again.
    private static async Task<BatchRunFigures> MemoryAsync(int lines)
    {
        await using var rig = await BatchRig.StartAsync(workers: 1);
        return await rig.RunAsync(lines, TimeSpan.Zero);
    }

    private static async Task<IReadOnlyList<Figure>> ManyWorkersAsync()
    {
        List<Figure> figures = [];
        var rates = new Dictionary<int, double>();
        foreach (var workers in new[] { 1, 2, 4 })
        {
            await using var rig = await BatchRig.StartAsync(workers);
            await rig.RunAsync(Small, Slow);
            var slow = await rig.RunAsync(Middle, Slow);
            var fast = await rig.RunAsync(Middle, TimeSpan.Zero);
            rates[workers] = slow.PerSecond;
            figures.Add(Rate($"{workers} workers, 10,000 lines, 50 ms", slow, null));
            figures.Add(Rate($"{workers} workers, 10,000 lines, 0 ms", fast, null));
        }

        figures.Add(new("two workers over one, 50 ms", ">= 1.6x", $"{rates[2] / rates[1]:0.00}x (four: {rates[4] / rates[1]:0.00}x)", rates[2] / rates[1] >= 1.6));
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> TakeOverAsync()
    {
        await using var rig = await BatchRig.StartAsync(workers: 2);
        await rig.RunAsync(Small, Slow);
        rig.Vendor.Compares = true;
        rig.Vendor.Reset();
        var batch = await rig.CreateAsync(await rig.UploadAsync(Middle));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var killed = Stopwatch.GetTimestamp();
        await rig.Workers[0].KillAsync();
        await rig.UntilCompletedAsync(batch, Middle);
        var taken = rig.Vendor.RepeatedAt == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(killed, rig.Vendor.RepeatedAt);
        return [new("a killed worker's lines are taken over", "<= 15 s", $"{taken.TotalSeconds:0.0} s", taken.TotalSeconds <= 15)];
    }

    private static Figure Rate(string what, BatchRunFigures run, double? goal) => new(
        what, goal is { } least ? $">= {least:0} lines/s" : "", $"{run.PerSecond:0} lines/s, peak RSS {run.PeakMegabytes:0} MB", goal is null ? null : run.PerSecond >= goal);
}
