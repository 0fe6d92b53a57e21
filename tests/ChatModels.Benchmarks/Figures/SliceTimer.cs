using System.Diagnostics;

namespace ChatModels.Benchmarks.Figures;

internal delegate bool Lookup(ReadOnlySpan<char> name);

/// <summary>Times look-ups in slices; the median slice is the answer.</summary>
internal sealed class SliceTimer(AskedNames names, Lookup lookup)
{
    private const int Slice = 4_096;
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(200);

    /// <summary>Nanoseconds a look-up, and the bytes that all of them have allocated.</summary>
    public (double Nanoseconds, long Bytes) Run()
    {
        var slices = new List<double>(100_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var next = 0; Stopwatch.GetElapsedTime(started) < Length;)
        {
            var from = Stopwatch.GetTimestamp();
            next = RunSlice(next);
            slices.Add(Stopwatch.GetElapsedTime(from).TotalNanoseconds / Slice);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return (new Samples(slices).Median, allocated);
    }

    /// <summary>Nanoseconds a look-up when another thread does the same at the same time.</summary>
    public double RunOnTwoThreads()
    {
        var medians = new double[2];
        using var together = new Barrier(2);
        Thread[] threads =
        [
            .. medians.Select((_, index) => new Thread(() =>
            {
                together.SignalAndWait();
                medians[index] = Run().Nanoseconds;
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return medians.Average();
    }

    private int RunSlice(int next)
    {
        for (var i = 0; i < Slice; i++)
        {
            if (!lookup(names[next]))
            {
                throw new InvalidOperationException($"{names[next]} is not there.");
            }

            next = next + 1 == names.Count ? 0 : next + 1;
        }

        return next;
    }
}
