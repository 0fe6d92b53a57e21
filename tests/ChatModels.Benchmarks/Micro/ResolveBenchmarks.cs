using BenchmarkDotNet.Attributes;
using ChatModels.Registry;

namespace ChatModels.Benchmarks.Micro;

public class ResolveBenchmarks
{
    private const int Lookups = 200_000;

    private LoadedRegistry _loaded = null!;
    private ModelRegistry _registry = null!;
    private AskedNames _names = null!;

    [Params(10, 1_000, 10_000, 100_000)]
    public int Models { get; set; }

    [Params(false, true)]
    public bool WriterChurns { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _names = new AskedNames(Models);
        _loaded = await LoadedRegistry.StartAsync(Models);
        _registry = _loaded.Registry;
        if (WriterChurns)
        {
            _loaded.Churn();
        }
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _loaded.DisposeAsync();

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int OneThread() => Resolve();

    [Benchmark(OperationsPerInvoke = 2 * Lookups)]
    public void TwoThreads() => Parallel.Invoke(() => Resolve(), () => Resolve());

    private int Resolve()
    {
        var found = 0;
        for (int i = 0, next = 0; i < Lookups; i++)
        {
            found += _registry.Current.TryFindModel(_names[next], out _) ? 1 : 0;
            next = next + 1 == _names.Count ? 0 : next + 1;
        }

        return found == Lookups ? found : throw new InvalidOperationException("A model was not found.");
    }
}
