namespace ChatModels.Benchmarks.Figures;

/// <summary>Everything about the registry that one process can measure, short.</summary>
internal static class RegistryFigures
{
    private static readonly (string Name, Func<Task<IReadOnlyList<Figure>>> MeasureAsync)[] All =
    [
        ("resolve", ResolveAsync),
        ("create", async () => [await CreateFigure.MeasureAsync()]),
        ("change", () => Task.FromResult<IReadOnlyList<Figure>>([ChangeFigure.Measure()])),
        ("load", async () => [await LoadFigure.MeasureAsync()]),
        ("memory", () => Task.FromResult<IReadOnlyList<Figure>>([MemoryFigure.Measure()])),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(figure => figure.Name)];

    /// <summary>The figures of these names, or all.</summary>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(params string[] names)
    {
        List<Figure> figures = [];
        foreach (var (_, measureAsync) in All.Where(figure => names is [] || names.Contains(figure.Name)))
        {
            figures.AddRange(await measureAsync());
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> ResolveAsync()
    {
        List<Figure> figures = [];
        foreach (var models in (int[])[10, 1_000, 10_000, 100_000])
        {
            figures.AddRange(await ResolveFigures.MeasureAsync(models));
        }

        return figures;
    }
}
