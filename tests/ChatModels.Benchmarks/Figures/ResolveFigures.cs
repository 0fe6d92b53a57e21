using System.Diagnostics;
using System.Globalization;

namespace ChatModels.Benchmarks.Figures;

/// <summary>Resolve by name: on one thread, on two, beside a writer, and against a dictionary that does nothing else.</summary>
/// <remarks>
/// Time is taken in slices of a few thousand look-ups, and the median slice of a round counts: a slice in which the machine did something else
/// is an outlier, not a slower registry. The kinds of round take short turns, so that ratios compare what ran under the same conditions: a
/// machine that shares its cores with others halves its speed from one second to the next.
/// </remarks>
internal static class ResolveFigures
{
    private const int HeldTo = 10_000;
    private const int Rounds = 90;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(int models)
    {
        await using var loaded = await LoadedRegistry.StartAsync(models);
        var registry = loaded.Registry;
        var names = new AskedNames(models);
        var bare = Enumerable.Range(0, models).ToDictionary(Corpus.ModelName, _ => new object(), StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        SliceTimer resolve = new(names, name => registry.Current.TryFindModel(name, out _));
        SliceTimer dictionary = new(names, name => bare.TryGetValue(name, out _));
        resolve.Run(); // The first ones compile.
        dictionary.Run();

        List<Round> alone = [.. Enumerable.Range(0, Rounds).Select(_ => Measure(resolve, dictionary))];
        var scale = resolve.ScaleOnTwoThreads(Rounds);
        var started = Stopwatch.GetTimestamp();
        loaded.Churn();
        List<Round> beside = [.. Enumerable.Range(0, Rounds).Select(_ => Measure(resolve, dictionary))];
        var writes = loaded.Churned / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return Figures(models, alone, scale, beside, writes);
    }

    private static IReadOnlyList<Figure> Figures(int models, List<Round> alone, double scale, List<Round> beside, double writes)
    {
        var held = models == HeldTo;
        var (one, best, ratio) = (Median(alone, r => r.One), alone.Min(r => r.One), Median(alone, r => r.One / r.Bare));
        var bytes = alone.Sum(r => r.Bytes);
        return
        [
            new Figure($"resolve, {models:N0} models", held ? "<= 60 ns, 0 B" : "", Text($"{one:0.0} ns (best round {best:0.0}; {ratio:0.00}x a bare dictionary), {bytes} B"), held ? one <= 60 && bytes == 0 : null),
            new Figure($"resolve, {models:N0} models, two threads at once", held ? ">= 1.8x" : "", Text($"{scale:0.00}x"), held ? scale >= 1.8 : null),
            new Figure($"resolve, {models:N0} models, beside {writes:0} writes/s", "", Text($"{Median(beside, r => r.One):0.0} ns ({Median(beside, r => r.One / r.Bare):0.00}x)"), null),
        ];
    }

    private static Round Measure(SliceTimer resolve, SliceTimer dictionary)
    {
        var (one, bytes) = resolve.Run();
        return new Round(one, dictionary.Run().Nanoseconds, bytes);
    }

    private static double Median(IEnumerable<Round> rounds, Func<Round, double> of) => new Samples(rounds.Select(of)).Median;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Round(double One, double Bare, long Bytes);
}
