using System.Globalization;
using System.Net.Http.Headers;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>Thousands of streams open at once, each at 100 bytes a second: what one costs in memory, and whether any breaks.</summary>
internal static class OpenStreams
{
    private static readonly TimeSpan Open = TimeSpan.FromSeconds(20);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(GatewayTargets targets, int count)
    {
        var target = targets.Metrics;
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Load.Key);
        var before = target.ResidentBytes();
        using var end = new CancellationTokenSource();
        var opened = 0;
        var streams = new List<Task<bool>>();
        for (var i = 0; i < count; i++)
        {
            streams.Add(ReadAsync(http, target, () => Interlocked.Increment(ref opened), end.Token));
            if (i % 50 == 49)
            {
                await Task.Delay(25); // two thousand a second: the listen queue is no part of what is measured
            }
        }

        await Task.Delay(Open);
        var resident = target.ResidentBytes();
        var failed = streams.Count(s => s.IsCompleted);
        await end.CancelAsync();
        var ended = await Task.WhenAll(streams);
        var each = (resident - before) / (double)count / 1024;
        return
        [
            new Figure($"{count} open streams at 100 B/s: open after {Open.TotalSeconds:0} s", $"{count}", $"{opened - failed}", opened == count && failed == 0 && Array.TrueForAll(ended, good => good)),
            new Figure($"{count} open streams at 100 B/s: memory a stream", "<= 40 KB", string.Create(CultureInfo.InvariantCulture, $"{each:0.0} KB"), each <= 40),
        ];
    }

    /// <summary>True when it was still coming when it was ended.</summary>
    private static async Task<bool> ReadAsync(HttpClient http, Target target, Action opened, CancellationToken ended)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target.Address, "/v1/chat/completions"))
            {
                Content = new ByteArrayContent(Load.Json("Tell me everything, slowly.", stream: true, GatewayTargets.SlowModel)),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended);
            response.EnsureSuccessStatusCode();
            await using var stream = await response.Content.ReadAsStreamAsync(ended);
            var buffer = new byte[512];
            opened();
            while (await stream.ReadAsync(buffer, ended) > 0)
            {
            }

            return false;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
