using System.Diagnostics;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Benchmarks.Figures;

/// <summary>Reads everything from a redis-server and builds a snapshot of it.</summary>
internal static class LoadFigure
{
    private const int Models = 10_000;
    private const int WarmUp = 3;
    private const int Rounds = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<Figure> MeasureAsync()
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
        return new Figure($"full load of {Models:N0} models from redis-server", "<= 500 ms", samples.Told("ms"), samples.Median <= 500);
    }

    private static async Task<RegistrySnapshot> LoadAsync(RedisRegistryStore store)
    {
        var image = await store.ReadAllAsync(CancellationToken.None);
        var snapshot = LoadedRegistry.NewBuilder().Build(image!, RegistrySnapshot.NotLoaded).Snapshot!;
        return snapshot.Models.Count == Models ? snapshot : throw new InvalidOperationException("Some models are missing.");
    }
}
