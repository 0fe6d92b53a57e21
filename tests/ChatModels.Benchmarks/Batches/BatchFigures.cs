using System.Diagnostics;

namespace ChatModels.Benchmarks.Batches;

/// <summary>What batches cost and how fast they are: real workers, a real redis-server, lines of 4 KB.</summary>
internal static class BatchFigures
{
    private const int Middle = 10_000;
    private const int Large = 50_000;
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(BatchBenchOptions options) =>
    [
        .. options.Has("rates") ? await new BatchRates(options).MeasureAsync() : [],
        .. options.Has("memory") ? [await MemoryAsync()] : (Figure[])[],
        .. options.Has("take-over") ? [await TakeOverAsync()] : (Figure[])[],
    ];

    private static async Task<Figure> MemoryAsync()
    {
        var (middle, large) = (await PeakAsync(Middle), await PeakAsync(Large));
        return new($"a worker's peak RSS, {Large:N0} lines of 4 KB over {Middle:N0}", "<= 1.1x", $"{large:0} MB over {middle:0} MB, {large / middle:0.00}x", large / middle <= 1.1);
    }

    // Each in a process of its own: a peak does not go down again.
    private static async Task<double> PeakAsync(int lines)
    {
        await using var rig = await BatchRig.StartAsync(workers: 1);
        return (await rig.RunAsync(lines, TimeSpan.Zero)).PeakMegabytes;
    }

    private static async Task<Figure> TakeOverAsync()
    {
        await using var rig = await BatchRig.StartAsync(workers: 2);
        await rig.RunAsync(1_000, Slow);
        rig.Vendor.Compares = true;
        rig.Vendor.Reset();
        var batch = await rig.CreateAsync(await rig.UploadAsync(Middle));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var killed = Stopwatch.GetTimestamp();
        await rig.Workers[0].KillAsync();
        await rig.UntilCompletedAsync(batch, Middle);
        if (rig.Vendor.RepeatedAt == 0)
        {
            return new("a killed worker's lines are taken over", "<= 15 s", "it had none under way; measure again", false);
        }

        var taken = Stopwatch.GetElapsedTime(killed, rig.Vendor.RepeatedAt);
        return new("a killed worker's lines are taken over", "<= 15 s", $"{taken.TotalSeconds:0.0} s", taken.TotalSeconds <= 15);
    }
}
