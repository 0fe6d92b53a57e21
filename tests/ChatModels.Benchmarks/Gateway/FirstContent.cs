using System.Diagnostics;
using System.Net.Http.Headers;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>How much later a stream's first content comes than straight from the upstream, one stream at a time.</summary>
internal static class FirstContent
{
    private const int Rounds = 20;
    private const int PerRound = 100;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(GatewayTargets targets)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Load.Key);
        var seen = targets.All.ToDictionary(target => target, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (target, times) in seen)
            {
                for (var i = 0; i < PerRound; i++)
                {
                    var took = await OneAsync(http, target);
                    if (round > 0)
                    {
                        times.Add(took);
                    }
                }
            }
        }

        var direct = new Samples(seen[targets.Upstream]).Median;
        return [.. seen.Where(s => s.Key != targets.Upstream).Select(s =>
            GatewayGoals.Added($"stream c=1: time to first content added over direct (p50), {s.Key.Name}", new Samples(s.Value).Median - direct, 0.20) is var figure
            && s.Key == targets.Metrics ? figure : figure with { Met = null, Goal = "" })];
    }

    private static async Task<double> OneAsync(HttpClient http, Target target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target.Address, "/v1/chat/completions")) { Content = new ByteArrayContent(Load.Stream(1).Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var started = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[16 * 1024];
        _ = await stream.ReadAsync(buffer);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        while (await stream.ReadAsync(buffer) > 0)
        {
        }

        return took;
    }
}
