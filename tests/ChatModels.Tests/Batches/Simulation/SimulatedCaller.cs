using System.Text;
using System.Text.Json;
using ChatModels.Batches.Running;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>The vendor that every worker calls: answers when the scheduler says so, and counts.</summary>
/// <remarks>A line's body names what becomes of it: <c>good</c>, <c>bad</c>, <c>flaky</c>, <c>limited</c>, <c>poison</c> (which kills the worker).</remarks>
internal sealed class Vendor(Random random)
{
    private readonly List<Call> _calls = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Raised when a worker calls for a line.</summary>
    public event Action<SimulatedWorker, string>? Called;

    public int CountOf(string key) => _counts.GetValueOrDefault(key);

    public Task<LineAnswer> CallAsync(SimulatedWorker from, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(body);
        var (key, kind) = (json.RootElement.GetProperty("key").GetString()!, json.RootElement.GetProperty("kind").GetString()!);
        _counts[key] = CountOf(key) + 1;
        Called?.Invoke(from, key);
        var call = new Call(from, key, kind, CountOf(key));
        _calls.Add(call);
        cancellationToken.Register(() =>
        {
            _calls.Remove(call);
            call.Answer.TrySetCanceled(cancellationToken);
        });
        return call.Answer.Task;
    }

    /// <summary>Ends one call, any of them; false when there is none.</summary>
    public bool AnswerOne(Action<SimulatedWorker> kill)
    {
        _calls.RemoveAll(call => call.From.IsDead);
        var ready = _calls.Where(call => call.Kind != "slow" || random.Next(10) == 0).ToList();
        if (ready.Count == 0)
        {
            return false;
        }

        var call = ready[random.Next(ready.Count)];
        _calls.Remove(call);
        if (call.Kind == "poison")
        {
            kill(call.From);
            return true;
        }

        call.Answer.TrySetResult(call.Kind switch
        {
            "bad" => Answer(400, call, "invalid_request"),
            "flaky" when CountOf(call.Key) % 3 != 0 => Answer(502, call, ErrorCodes.UpstreamError),
            "limited" when random.Next(2) == 0 => Answer(429, call, ErrorCodes.UpstreamRateLimited) with { RetryAfter = TimeSpan.FromMilliseconds(random.Next(4000)) },
            _ => Answer(200, call, null),
        });
        return true;
    }

    // No two answers are alike, so that it can be told which one was kept.
    private static LineAnswer Answer(int status, Call call, string? code) => new(status, Encoding.UTF8.GetBytes($"{{\"for\":\"{call.Key}\",\"call\":{call.Number}}}")) { Code = code };

    internal sealed record Call(SimulatedWorker From, string Key, string Kind, int Number)
    {
        public TaskCompletionSource<LineAnswer> Answer { get; } = new();
    }
}

/// <summary>One worker's way to the vendor.</summary>
internal sealed class SimulatedCaller(Vendor vendor, SimulatedWorker worker) : ILineCaller
{
    public Task<LineAnswer> CallAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => vendor.CallAsync(worker, body, cancellationToken);
}

internal sealed class AnyModel : IModelNames
{
    public bool IsLoaded => true;

    public bool Exists(string name) => name.StartsWith('m');

    public string Resolve(string name) => name;
}
