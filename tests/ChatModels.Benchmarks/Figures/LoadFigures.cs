using System.Diagnostics;
using System.Globalization;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Benchmarks.Figures;

/// <summary>Reads everything from a redis-server and builds a snapshot of it, and looks at what that snapshot keeps in memory.</summary>
internal static class LoadFigures
{
    private const int Models = 10_000;
    private const int WarmUp = 3;
    private const int Rounds = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        await using var redis = await RedisServer.StartAsync();
        var patient = StoreDeadlines.Default with { Commit = Patience, Read = Patience };
        await using var store = new RedisRegistryStore(new RedisConnections(redis.ConnectionString), "benchmark", TimeProvider.System, NullLogger<RedisRegistryStore>.Instance, patient);
        await WaitUntil.TrueAsync(async _ => await store.CommitAsync(Corpus.Birth(Models), CancellationToken.None) is CommitOutcome.Committed or CommitOutcome.Lost, "the corpus in Redis");
        List<double> took = [];
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await LoadAsync(store);
            if (round >= WarmUp)
            {
                took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        var samples = new Samples(took);
        var kilobytes = await KilobytesAModelAsync(store);
        return
        [
            new Figure($"full load of {Models:N0} models from redis-server", "<= 500 ms", samples.Told("ms"), samples.Median <= 500),
            new Figure($"memory per model, {Models:N0} models", "<= 4 KB", string.Create(CultureInfo.InvariantCulture, $"{kilobytes:0.00} KB"), kilobytes <= 4),
        ];
    }

    private static async Task<RegistrySnapshot> LoadAsync(RedisRegistryStore store)
    {
        var image = await store.ReadAllAsync(CancellationToken.None);
        var snapshot = LoadedRegistry.NewBuilder().Build(image!, RegistrySnapshot.NotLoaded).Snapshot!;
        return snapshot.Models.Count == Models ? snapshot : throw new InvalidOperationException("Some models are missing.");
    }

    private static async Task<double> KilobytesAModelAsync(RedisRegistryStore store)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var snapshot = await LoadAsync(store);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(snapshot);
        return (after - before) / 1024.0 / Models;
    }
}
