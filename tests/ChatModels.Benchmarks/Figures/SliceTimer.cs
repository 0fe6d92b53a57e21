using System.Diagnostics;

namespace ChatModels.Benchmarks.Figures;

internal delegate bool Lookup(ReadOnlySpan<char> name);

/// <summary>Times look-ups in slices; the median slice is the answer.</summary>
internal sealed class SliceTimer(AskedNames names, Lookup lookup)
{
    private const int Slice = 4_096;
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(20);

    /// <summary>Nanoseconds a look-up, and the bytes that all of them have allocated.</summary>
    public (double Nanoseconds, long Bytes) Run()
    {
        var slices = new List<double>(1_000);
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

    /// <summary>How many look-ups two threads make in the time in which one makes one: the median of turns, in which each runs alone and then beside the other.</summary>
    /// <remarks>A thread is held against itself, which as a rule stays on its core, since cores of a virtual machine are not equally fast when their other halves serve others.</remarks>
    public double ScaleOnTwoThreads(int turns)
    {
        var (alone, together, scales) = (new double[2], new double[2], new List<double>(turns));
        using var next = new Barrier(2);
        Thread[] threads =
        [
            .. alone.Select((_, self) => new Thread(() =>
            {
                for (var turn = 0; turn < turns; turn++)
                {
                    for (var phase = 0; phase < 2; phase++)
                    {
                        next.SignalAndWait();
                        alone[self] = phase == self ? Run().Nanoseconds : alone[self];
                    }

                    next.SignalAndWait();
                    together[self] = Run().Nanoseconds;
                    next.SignalAndWait();
                    if (self == 0)
                    {
                        scales.Add(alone.Zip(together, (one, two) => one / two).Sum());
                    }
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return new Samples(scales).Median;
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
