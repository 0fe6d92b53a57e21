using System.Diagnostics;
using System.Globalization;

namespace ChatModels.Benchmarks;

/// <summary>Runs a simulation, by seed.</summary>
/// <remarks><c>NAME --seeds 20000 [--from 0]</c> for many seeds, <c>NAME --seed 17</c> to see one, step by step.</remarks>
/// <param name="name">The command.</param>
/// <param name="failure">Runs one seed: why it failed, with its steps; null where everything held.</param>
/// <param name="violation">The same, told step by step.</param>
/// <param name="add">Adds what one run went through to that of others.</param>
internal sealed class SeedsCommand<TCoverage>(
    string name, Func<int, TCoverage, string?> failure, Func<int, Action<string>?, TCoverage, string?> violation, Action<TCoverage, TCoverage> add)
    where TCoverage : class, new()
{
    private const int MostFailuresShown = 3;

    public int Run(string[] args) => args switch
    {
        ["--seed", var one] when TryParse(one, out var seed) => Show(seed),
        ["--seeds", var many] when TryParse(many, out var seeds) => RunMany(0, seeds),
        ["--seeds", var many, "--from", var first] when TryParse(many, out var seeds) && TryParse(first, out var from) => RunMany(from, seeds),
        _ => Usage(),
    };

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private int Usage()
    {
        Console.Error.WriteLine($"{name} --seeds COUNT [--from FIRST] runs many seeds; {name} --seed NUMBER shows one, step by step.");
        return 2;
    }

    private int Show(int seed)
    {
        var seen = new TCoverage();
        var found = violation(seed, Console.WriteLine, seen);
        Console.WriteLine(seen);
        Console.WriteLine(found is null ? $"Seed {seed}: everything held." : $"Seed {seed}: {found}");
        return found is null ? 0 : 1;
    }

    private int RunMany(int from, int seeds)
    {
        var watch = Stopwatch.StartNew();
        var total = new TCoverage();
        var failures = new SortedDictionary<int, string>();
        Parallel.ForEach(Enumerable.Range(from, seeds), () => new TCoverage(), (seed, _, seen) =>
        {
            if (failure(seed, seen) is { } found)
            {
                lock (failures)
                {
                    failures.Add(seed, found);
                }
            }

            return seen;
        }, seen =>
        {
            lock (failures)
            {
                add(total, seen);
            }
        });
        foreach (var shown in failures.Values.Take(MostFailuresShown))
        {
            Console.WriteLine(shown);
        }

        Console.WriteLine($"Seeds {from} to {from + seeds - 1} in {watch.Elapsed:mm\\:ss}: {total}");
        Console.WriteLine(failures.Count == 0 ? "Everything held." : $"{failures.Count} seeds failed: {string.Join(", ", failures.Keys.Take(20))}");
        return failures.Count == 0 ? 0 : 1;
    }
}
