using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatModels.System.Tests.Faults;

/// <summary>Chats with one replica, one request after the other, and remembers what went wrong.</summary>
internal sealed class ChatLoad(ApiReplica replica)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly object Request = new { model = "sim-fast", messages = new[] { new { role = "user", content = "Hello" } } };

    public ConcurrentQueue<string> Failures { get; } = new();

    public int Answered { get; private set; }

    public TimeSpan Slowest { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(Pace);
        do
        {
            await ChatAsync();
        }
        while (!stop.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None));
    }

    private async Task ChatAsync()
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await replica.Http.PostAsJsonAsync("/v1/chat/completions", Request, CancellationToken.None);
            var answer = await response.Content.ReadAsStringAsync(CancellationToken.None);
            if (!response.IsSuccessStatusCode || string.IsNullOrEmpty(TextOf(answer)))
            {
                Failures.Enqueue($"{(int)response.StatusCode}: {answer}");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or KeyNotFoundException)
        {
            Failures.Enqueue(exception.Message);
        }

        Answered++;
        var took = Stopwatch.GetElapsedTime(started);
        Slowest = took > Slowest ? took : Slowest;
    }

    private static string? TextOf(string answer) =>
        JsonDocument.Parse(answer).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
}
