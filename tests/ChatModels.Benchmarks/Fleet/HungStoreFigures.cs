using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Fleet;

/// <summary>Requests and writes while redis-server is stopped with SIGSTOP, against the same just before.</summary>
internal static class HungStoreFigures
{
    private const int Clients = 4;
    private const int Rounds = 5;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);
    private static readonly object Chat = new { model = "sim-fast", messages = new[] { new { role = "user", content = "Hello" } } };

    public static async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var api = await ApiProcess.StartAsync(redis.ConnectionString);
        await ChatsAsync(api);
        List<(Samples Up, Samples Hung)> rounds = [];
        List<double> writes = [];
        for (var round = 0; round < Rounds; round++)
        {
            var up = await ChatsBesideWritesAsync(api, []);
            await redis.PauseAsync();
            var hung = await ChatsBesideWritesAsync(api, writes);
            await redis.ResumeAsync();
            rounds.Add((up, hung));
            await WaitUntil.TrueAsync(async token => (await WriteAsync(api, token)).IsSuccessStatusCode, "a write after the pause");
        }

        var ratio = new Samples(rounds.Select(r => r.Hung.At(0.99) / r.Up.At(0.99)));
        var (before, during) = (new Samples(rounds.Select(r => r.Up.At(0.99))), new Samples(rounds.Select(r => r.Hung.At(0.99))));
        var answers = new Samples(writes);
        return
        [
            new Figure("Redis hung: p99 of a chat against before", "<= 2x", Text($"{ratio.Median:0.00}x ({before.Median:0.0} -> {during.Median:0.0} ms; medians of {Rounds} rounds)"), ratio.Median <= 2),
            new Figure("Redis hung: a write's answer", "<= 1 s", Text($"{answers.Told("ms")}, most {answers.At(1):0} ms ({answers.Count} writes)"), answers.At(1) <= 1_000),
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // The same load both times: a writer beside the chats costs them something by itself.
    private static async Task<Samples> ChatsBesideWritesAsync(ApiProcess api, List<double> writes)
    {
        var chats = ChatsAsync(api);
        while (!chats.IsCompleted)
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await WriteAsync(api, CancellationToken.None);
            writes.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.WhenAny(chats, Task.Delay(100));
        }

        return await chats;
    }

    private static async Task<Samples> ChatsAsync(ApiProcess api)
    {
        var ended = Stopwatch.GetTimestamp() + (long)(Length.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            List<double> took = [];
            while (Stopwatch.GetTimestamp() < ended)
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await api.Http.PostAsJsonAsync("/v1/chat/completions", Chat);
                response.EnsureSuccessStatusCode();
                took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return took;
        }));
        return new Samples(all.SelectMany(took => took));
    }

    private static Task<HttpResponseMessage> WriteAsync(ApiProcess api, CancellationToken cancellationToken) => api.Http.PutAsJsonAsync(
        "/registry/models/written", new { maxOutputTokens = Random.Shared.Next(1, 1_000_000), deployments = new[] { new { provider = "simulator", model = "fast" } } }, cancellationToken);
}
