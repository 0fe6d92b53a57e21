using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatModels.System.Tests.Faults;

/// <summary>Writes to one replica, one write after the other, each with a number of its own, and remembers what it was told of each.</summary>
internal sealed class WriteLoad(ApiReplica replica, string name)
{
    private const int Models = 10;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly string[] CertainlyNotApplied = ["registry_unavailable", "registry_busy", "registry_not_loaded", "registry_diverged"];

    private long _lastRevision;

    /// <summary>What is known of each model, by its name.</summary>
    public ConcurrentDictionary<string, WrittenModel> Ledger { get; } = new();

    /// <summary>Answers that no write may get, and acknowledgements out of order.</summary>
    private readonly ConcurrentQueue<TimeSpan> _took = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>How often each answer came.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    public int Acknowledged { get; private set; }

    public int NotAcknowledged { get; private set; }

    public TimeSpan Slowest => _took.DefaultIfEmpty().Max();

    public TimeSpan Median => _took.Order().ElementAt(_took.Count / 2);

    public async Task RunAsync(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            await WriteAsync($"{name}-{number % Models}", number);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>What a replica's models prove wrong of what this writer was told; nothing when all is well.</summary>
    public IEnumerable<string> Contradictions(IReadOnlyDictionary<string, int> served) =>
        Ledger.Select(entry => entry.Value.Contradiction(entry.Key, served.TryGetValue(entry.Key, out var number) ? number : null)).OfType<string>();

    private async Task WriteAsync(string model, int number)
    {
        var entry = Ledger.GetOrAdd(model, _ => new WrittenModel());
        var body = new { maxOutputTokens = number, deployments = new[] { new { provider = "simulator", model = "fast" } } };
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await replica.Http.PutAsJsonAsync($"/registry/models/{model}", body, CancellationToken.None);
            _took.Enqueue(Stopwatch.GetElapsedTime(started));
            if (response.IsSuccessStatusCode)
            {
                Acknowledge(entry, number, long.Parse(response.Headers.GetValues("x-chatmodels-registry-revision").Single(), global::System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                Note(entry, number, await response.Content.ReadAsStringAsync(CancellationToken.None));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            entry.Unknown.Add(number);
            Failures.Enqueue($"No answer: {exception.Message}");
        }
    }

    private void Acknowledge(WrittenModel entry, int number, long revision)
    {
        if (revision <= _lastRevision)
        {
            Failures.Enqueue($"Revision {revision} was acknowledged after {_lastRevision}.");
        }

        _lastRevision = revision;
        entry.Acknowledged = number;
        Acknowledged++;
        Answers.AddOrUpdate("acknowledged", 1, (_, count) => count + 1);
    }

    private void Note(WrittenModel entry, int number, string problem)
    {
        var code = JsonDocument.Parse(problem).RootElement.TryGetProperty("code", out var given) ? given.GetString()! : "no code";
        if (code == "registry_write_unknown")
        {
            entry.Unknown.Add(number);
        }
        else if (!CertainlyNotApplied.Contains(code))
        {
            Failures.Enqueue(problem);
        }

        NotAcknowledged++;
        Answers.AddOrUpdate(code, 1, (_, count) => count + 1);
    }
}

/// <summary>What a writer was told of one model.</summary>
internal sealed class WrittenModel
{
    public int? Acknowledged { get; set; }

    /// <summary>Numbers of writes that may have been applied.</summary>
    public List<int> Unknown { get; } = [];

    /// <summary>Only the last acknowledged write can be there, or a later one of unknown fate; never one that was refused.</summary>
    public string? Contradiction(string model, int? served) =>
        served == Acknowledged || (served is { } number && Unknown.Contains(number) && number > (Acknowledged ?? 0))
            ? null
            : $"{model} holds {served?.ToString(global::System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}; {Acknowledged} was acknowledged, [{string.Join(", ", Unknown)}] may be there";
}
