using System.Diagnostics;
using System.Globalization;
using ChatModels.Tests.Registry.Simulation;

namespace ChatModels.Benchmarks;

/// <summary>Runs the registry's simulation.</summary>
/// <remarks><c>simulation --seeds 20000 [--from 0]</c> for many seeds, <c>simulation --seed 17</c> to see one, step by step.</remarks>
internal static class SimulationCommand
{
    private const int MostFailuresShown = 3;

    public static Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is ["--seed", var one] && TryParse(one, out var seed))
        {
            return Task.FromResult(Show(seed));
        }

        return args switch
        {
            ["--seeds", var many] when TryParse(many, out var seeds) => Task.FromResult(RunMany(0, seeds)),
            ["--seeds", var many, "--from", var first] when TryParse(many, out var seeds) && TryParse(first, out var from) =>
                Task.FromResult(RunMany(from, seeds)),
            _ => Task.FromResult(Usage()),
        };
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int Usage()
    {
        Console.Error.WriteLine("simulation --seeds COUNT [--from FIRST] runs many seeds; simulation --seed NUMBER shows one, step by step.");
        return 2;
    }

    private static int Show(int seed)
    {
        var seen = new Coverage();
        var violation = SimulationRun.Violation(seed, Console.WriteLine, seen);
        Console.WriteLine(seen);
        Console.WriteLine(violation is null ? $"Seed {seed}: everything held." : $"Seed {seed}: {violation}");
        return violation is null ? 0 : 1;
    }

    private static int RunMany(int from, int seeds)
    {
        var watch = Stopwatch.StartNew();
        var total = new Coverage();
        var failures = new SortedDictionary<int, string>();
        Parallel.ForEach(
            Enumerable.Range(from, seeds),
            () => new Coverage(),
            (seed, _, seen) =>
            {
                if (SimulationRun.Failure(seed, seen) is { } failure)
                {
                    lock (failures)
                    {
                        failures.Add(seed, failure);
                    }
                }

                return seen;
            },
            seen =>
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
