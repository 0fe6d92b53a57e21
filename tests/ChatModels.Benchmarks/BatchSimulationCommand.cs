using System.Diagnostics;
using System.Globalization;
using ChatModels.Tests.Batches.Simulation;

namespace ChatModels.Benchmarks;

/// <summary>Runs the simulation of the batches' workers.</summary>
/// <remarks><c>batch-simulation --seeds 5000 [--from 0]</c> for many seeds, <c>batch-simulation --seed 17</c> to see one, step by step.</remarks>
internal static class BatchSimulationCommand
{
    private const int MostFailuresShown = 3;

    public static int Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return args switch
        {
            ["--seed", var one] when TryParse(one, out var seed) => Show(seed),
            ["--seeds", var many] when TryParse(many, out var seeds) => RunMany(0, seeds),
            ["--seeds", var many, "--from", var first] when TryParse(many, out var seeds) && TryParse(first, out var from) => RunMany(from, seeds),
            _ => Usage(),
        };
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int Usage()
    {
        Console.Error.WriteLine("batch-simulation --seeds COUNT [--from FIRST] runs many seeds; batch-simulation --seed NUMBER shows one, step by step.");
        return 2;
    }

    private static int Show(int seed)
    {
        var seen = new BatchCoverage();
        var violation = BatchSimulationRun.Violation(seed, Console.WriteLine, seen);
        Console.WriteLine(seen);
        Console.WriteLine(violation is null ? $"Seed {seed}: everything held." : $"Seed {seed}: {violation}");
        return violation is null ? 0 : 1;
    }

    private static int RunMany(int from, int seeds)
    {
        var watch = Stopwatch.StartNew();
        var total = new BatchCoverage();
        var failures = new SortedDictionary<int, string>();
        Parallel.ForEach(Enumerable.Range(from, seeds), () => new BatchCoverage(), (seed, _, seen) =>
        {
            if (BatchSimulationRun.Failure(seed, seen) is { } failure)
            {
                lock (failures)
                {
                    failures.Add(seed, failure);
                }
            }

            return seen;
        }, seen =>
        {
            lock (failures)
            {
                total.Add(seen);
            }
        });
        foreach (var failure in failures.Values.Take(MostFailuresShown))
        {
            Console.WriteLine(failure);
        }

        Console.WriteLine($"Seeds {from} to {from + seeds - 1} in {watch.Elapsed:mm\\:ss}: {total}");
        Console.WriteLine(failures.Count == 0 ? "Everything held." : $"{failures.Count} seeds failed: {string.Join(", ", failures.Keys.Take(20))}");
        return failures.Count == 0 ? 0 : 1;
    }
}
