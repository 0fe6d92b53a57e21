using System.Globalization;
using ChatModels.Benchmarks.Gateway;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>What a level costs the gateway: with an upstream that takes 20 ms, in time; with one that takes none, in processor time and bytes.</summary>
internal sealed class GatewayTelemetry
{
    // Server, request and attempt.
    private const int SpansPerRequest = 3;

    private const string Prompt = "What is the capital of the country whose flag is a red circle on white?";

    private static readonly Load AtOnce = Load.Chat(32);
    private static readonly Load After20 = new("20 ms c=4", 4, Load.Json(Prompt, stream: false, TelemetryTargets.Delayed));
    private static readonly string[] On = TelemetryTargets.Levels[1..];

    private readonly LevelComparison _saturated = new();
    private readonly LevelComparison _delayed = new();

    /// <summary>Measures some processes of each level.</summary>
    /// <param name="starts">One of each level in each.</param>
    /// <param name="rounds">How often each has its turn.</param>
    /// <param name="length">How long a turn takes.</param>
    public async Task MeasureAsync(IReadOnlyList<TelemetryTargets> starts, int rounds, TimeSpan length)
    {
        // Saturated first: at 200 requests/s it would take minutes until the code is compiled for good. Under load the compiler was still at work on level all after twenty-five seconds.
        await RunAsync(_saturated, starts, AtOnce, rounds, length, TimeSpan.FromSeconds(24));
        await RunAsync(_delayed, starts, After20, Math.Max(1, rounds / 4), length, TimeSpan.FromSeconds(3));
    }

    /// <summary>Prints what was seen, and holds it against what is asked for.</summary>
    public IReadOnlyList<Figure> Tell()
    {
        Print(AtOnce, _saturated);
        Print(After20, _delayed);
        return
        [
            .. On.Select(level => Share($"20 ms upstream, p50 of the operation: {level} over off", _delayed.ToOff(level, m => m.P50), 0.01)),
            .. On.Select(level => Share($"saturated (c=32, 0 ms), CPU per request: {level} over off", _saturated.ToOff(level, m => m.CpuPerRequest), level switch { "metrics" => 0.08, "all" => 0.35, _ => null })),
            .. On.Select(level => Share($"saturated, allocated bytes per request: {level} over off", _saturated.ToOff(level, Bytes), null)),
            .. On.Select(level => Share($"saturated, requests/s: {level} over off", _saturated.ToOff(level, m => m.Rate), null)),
            Received(_saturated.SpansPerRequest(On[^1])),
            Failed(_delayed.All.Concat(_saturated.All).Sum(m => m.Errors)),
        ];
    }

    // Whatever else the machine does it does for seconds: those that are compared have their turns one after the other.
    private static async Task RunAsync(LevelComparison comparison, IReadOnlyList<TelemetryTargets> starts, Load load, int rounds, TimeSpan length, TimeSpan warmUp)
    {
        foreach (var targets in starts)
        {
            foreach (var target in targets.All)
            {
                await load.RunAsync(target, warmUp, targets.Directory);
            }
        }

        var before = await SpansAsync(starts);
        var measured = starts.Select(_ => new List<Dictionary<string, Measurement>>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (targets, seen) in starts.Zip(measured))
            {
                var now = targets.All.ToDictionary(target => target.Name, _ => new Measurement());
                foreach (var target in round % 2 == 0 ? targets.All : targets.All.Reverse())
                {
                    await now[target.Name].AddAsync(target, load, length, targets.Directory);
                }

                seen.Add(now);
            }
        }

        var after = await SpansAsync(starts);
        for (var i = 0; i < starts.Count; i++)
        {
            comparison.Add(measured[i], after[i].ToDictionary(spans => spans.Key, spans => spans.Value - before[i][spans.Key]));
        }
    }

    // The last spans are on their way for a moment; nothing arrives for a second when all have.
    private static async Task<IReadOnlyList<Dictionary<string, long>>> SpansAsync(IReadOnlyList<TelemetryTargets> starts)
    {
        var last = -1L;
        for (var i = 0; ; i++)
        {
            List<Dictionary<string, long>> spans = [];
            foreach (var targets in starts)
            {
                var arrived = new Dictionary<string, long>();
                foreach (var target in targets.All)
                {
                    arrived[target.Name] = await targets.SpansAsync(target);
                }

                spans.Add(arrived);
            }

            var now = spans.Sum(arrived => arrived.Values.Sum());
            if (now == last || i == 30)
            {
                return spans;
            }

            last = now;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static double Bytes(Measurement measured) => measured.BytesPerRequest ?? double.NaN;

    private static Figure Received(double perRequest) => new(
        "saturated, spans received at the sink for each request, all", $">= {SpansPerRequest}", perRequest.ToString("0.000", CultureInfo.InvariantCulture), perRequest >= SpansPerRequest);

    private static Figure Failed(long errors) => new("requests that failed", "0", $"{errors}", errors == 0);

    private static Figure Share(string what, double ratio, double? most) => new(
        what,
        most is null ? "" : string.Create(CultureInfo.InvariantCulture, $"<= {most * 100:0.#} %"),
        string.Create(CultureInfo.InvariantCulture, $"{(ratio - 1) * 100:+0.0;-0.0;0.0} %"),
        most is null ? null : ratio - 1 <= most);

    private static void Print(Load load, LevelComparison seen)
    {
        Console.WriteLine($"\n### {load.Name}\n\n| level | requests/s | p50 ms | p99 ms | CPU us a request | to off | process by process | bytes a request | to off | RSS MB |\n|---|---|---|---|---|---|---|---|---|---|");
        foreach (var level in TelemetryTargets.Levels)
        {
            var each = string.Join(' ', seen.OfEach(level, m => m.CpuPerRequest).Select(ratio => ratio.ToString("0.00", CultureInfo.InvariantCulture)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {level} | {seen.Of(level, m => m.Rate):0} | {seen.Of(level, m => m.P50):0.000} | {seen.Of(level, m => m.P99):0.00} | {seen.Of(level, m => m.CpuPerRequest) * 1e6:0.0} | {seen.ToOff(level, m => m.CpuPerRequest):0.000} | {each} | {seen.Of(level, Bytes):0} | {seen.ToOff(level, Bytes):0.00} | {seen.Of(level, m => m.Resident) / 1048576:0} |"));
        }
    }
}
