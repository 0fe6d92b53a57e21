namespace ChatModels.Benchmarks.Figures;

/// <summary>Everything about the registry that one process can measure, short.</summary>
internal static class RegistryFigures
{
    public static async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        List<Figure> figures = [];
        foreach (var models in (int[])[10, 1_000, 10_000, 100_000])
        {
            figures.AddRange(await ResolveFigures.MeasureAsync(models));
        }

        figures.Add(await CreateFigure.MeasureAsync());
        figures.Add(ChangeFigure.Measure());
        figures.Add(await LoadFigure.MeasureAsync());
        figures.Add(MemoryFigure.Measure());
        return figures;
    }
}
