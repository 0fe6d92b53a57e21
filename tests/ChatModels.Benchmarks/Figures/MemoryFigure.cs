using System.Globalization;
using System.Runtime.CompilerServices;
using ChatModels.Registry;

namespace ChatModels.Benchmarks.Figures;

/// <summary>What a snapshot keeps in memory once everything that it was built from is gone.</summary>
internal static class MemoryFigure
{
    private const int Models = 10_000;

    public static Figure Measure()
    {
        BytesOfASnapshot(); // What the first one leaves behind for good is no model's.
        var kilobytes = BytesOfASnapshot() / 1024.0 / Models;
        return new Figure($"memory per model, {Models:N0} models", "<= 4 KB", string.Create(CultureInfo.InvariantCulture, $"{kilobytes:0.00} KB"), kilobytes <= 4);
    }

    private static long BytesOfASnapshot()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var snapshot = Build();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(snapshot);
        return after - before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RegistrySnapshot Build() => LoadedRegistry.NewBuilder().Build(Corpus.Image(Models), RegistrySnapshot.NotLoaded).Snapshot!;
}
