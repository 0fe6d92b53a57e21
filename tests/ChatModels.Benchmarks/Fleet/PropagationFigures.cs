using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Fleet;

/// <summary>From a write that one replica has acknowledged to another one serving it: three Api processes on one redis-server.</summary>
internal static class PropagationFigures
{
    private const int Writes = 300;
    private const string Deaf = "deaf";
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        // May do everything, but hears no channel: so are hints cut without touching the Api.
        await using var redis = await RedisServer.StartAsync(new StoreServerOptions { Arguments = ["--user", Deaf, "on", $">{Deaf}", "~*", "resetchannels", "+@all"] });
        var hinted = await MeasureAsync(redis.ConnectionString, redis.ConnectionString);
        var unhinted = await MeasureAsync(redis.ConnectionString, $"{redis.ConnectionString},user={Deaf},password={Deaf}");
        return
        [
            new Figure("write acknowledged -> served by the others, 3 processes", "p99 <= 100 ms", $"{hinted.Told("ms")} ({hinted.Count} samples)", hinted.At(0.99) <= 100),
            new Figure("the same, every hint lost", "<= 5 s", $"{unhinted.Told("ms")}, most {unhinted.At(1):0} ms ({unhinted.Count} samples)", unhinted.At(1) <= 5_000),
        ];
    }

    private static async Task<Samples> MeasureAsync(string writerStore, string readerStore)
    {
        await using var writer = await ApiProcess.StartAsync(writerStore);
        await using var reader = await ApiProcess.StartAsync(readerStore);
        await using var other = await ApiProcess.StartAsync(readerStore);
        var took = new ConcurrentQueue<double>();
        await WriteAsync(writer, [reader, other], Writes / 10, []); // The first ones compile and connect.
        await WriteAsync(writer, [reader, other], Writes, took);
        return new Samples(took);
    }

    private static async Task WriteAsync(ApiProcess writer, ApiProcess[] readers, int writes, ConcurrentQueue<double> took)
    {
        using var pace = new PeriodicTimer(Pace);
        List<Task> waiting = [];
        for (var number = 0; number < writes; number++)
        {
            await pace.WaitForNextTickAsync();
            var model = $"model-{Guid.NewGuid():N}";
            using var response = await writer.Http.PutAsJsonAsync($"/registry/models/{model}", new { deployments = new[] { new { provider = "simulator", model = "fast" } } });
            var acknowledged = Stopwatch.GetTimestamp();
            response.EnsureSuccessStatusCode();
            var revision = response.Headers.GetValues("x-chatmodels-registry-revision").Single();
            waiting.AddRange(readers.Select(reader => WaitAsync(reader, model, revision, acknowledged, took)));
        }

        await Task.WhenAll(waiting);
    }

    // Asking again and again would take the processor that the replica needs: the replica itself says when it serves the revision, so this
    // includes a request and its answer. After 5 s it gives up, and the figure is what a client would have waited.
    private static async Task WaitAsync(ApiProcess reader, string model, string revision, long acknowledged, ConcurrentQueue<double> took)
    {
        using var response = await reader.Http.GetAsync($"/registry/models/{model}?minRevision={revision}");
        took.Enqueue(Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds);
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable))
        {
            throw new InvalidOperationException($"The other replica answered {(int)response.StatusCode}.");
        }
    }
}
