using System.Diagnostics;
using System.Globalization;
using ChatModels.Registry;

namespace ChatModels.Benchmarks.Figures;

/// <summary>Resolve by name, on one thread, on two, and beside a writer.</summary>
/// <remarks>
/// Time is taken in slices of a few thousand look-ups and the median slice counts: a slice in which the machine did something else is an
/// outlier, not a slower registry.
/// </remarks>
internal static class ResolveFigures
{
    private const int Slice = 4_096;
    private const int HeldTo = 10_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(int models)
    {
        await using var loaded = await LoadedRegistry.StartAsync(models);
        var names = Corpus.ShuffledNames(models);
        Run(loaded.Registry, names); // The first ones compile.

        var one = Run(loaded.Registry, names);
        var two = RunTwo(loaded.Registry, names);
        loaded.Churn();
        var (beside, writes) = (Run(loaded.Registry, names), loaded.Churned);
        var scale = 2 * one.Nanoseconds.Median / two;
        var held = models == HeldTo;
        return
        [
            new Figure($"resolve, {models:N0} models", held ? "<= 60 ns, 0 B" : "", Text($"{one.Nanoseconds.Median:0.0} ns, {one.Bytes} B"), held ? one.Nanoseconds.Median <= 60 && one.Bytes == 0 : null),
            new Figure($"resolve, {models:N0} models, two threads at once", held ? ">= 1.8x" : "", Text($"{scale:0.00}x"), held ? scale >= 1.8 : null),
            new Figure($"resolve, {models:N0} models, beside {writes} writes/s", "", Text($"{beside.Nanoseconds.Median:0.0} ns"), null),
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double RunTwo(ModelRegistry registry, string[] names)
    {
        var medians = new double[2];
        using var together = new Barrier(2);
        Thread[] threads =
        [
            .. medians.Select((_, index) => new Thread(() =>
            {
                together.SignalAndWait();
                medians[index] = Run(registry, names).Nanoseconds.Median;
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return medians.Average();
    }

    private static (Samples Nanoseconds, long Bytes) Run(ModelRegistry registry, string[] names)
    {
        var slices = new List<double>(1_000_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var next = 0; Stopwatch.GetElapsedTime(started) < Length;)
        {
            var from = Stopwatch.GetTimestamp();
            next = Resolve(registry, names, next);
            slices.Add(Stopwatch.GetElapsedTime(from).TotalNanoseconds / Slice);
        }

        return (new Samples(slices), GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static int Resolve(ModelRegistry registry, string[] names, int next)
    {
        for (var i = 0; i < Slice; i++)
        {
            if (!registry.Current.TryFindModel(names[next], out _))
            {
                throw new InvalidOperationException($"{names[next]} is not there.");
            }

            next = next + 1 == names.Length ? 0 : next + 1;
        }

        return next;
    }
}
