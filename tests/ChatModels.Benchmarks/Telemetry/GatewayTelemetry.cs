using System.Globalization;
using ChatModels.Benchmarks.Gateway;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>What a level costs the gateway: with an upstream that takes 20 ms, in time; with one that takes none, in processor time and bytes.</summary>
internal static class GatewayTelemetry
{
    // Server, request and attempt.
    private const int SpansPerRequest = 3;

    private const string Prompt = "What is the capital of the country whose flag is a red circle on white?";

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TelemetryTargets targets, int rounds, TimeSpan length)
    {
        // Saturated first: at 200 requests/s it would take minutes until the code is compiled for good.
        var saturated = await RunAsync(targets, Load.Chat(32), rounds, length);
        var delayed = await RunAsync(targets, new Load("20 ms c=4", 4, Load.Json(Prompt, stream: false, TelemetryTargets.Delayed)), rounds, length);
        return
        [
            .. targets.All.Skip(1).Select(t => Share($"20 ms upstream, p50 of the operation: {t.Name} over off", delayed.Of[t].P50 / delayed.Of[targets.All[0]].P50, 0.01)),
            .. targets.All.Skip(1).Select(t => Share($"saturated (c=32, 0 ms), CPU per request: {t.Name} over off", Cpu(t) / Cpu(targets.All[0]), t.Name switch { "metrics" => 0.08, "all" => 0.35, _ => null })),
            .. targets.All.Skip(1).Select(t => Share($"saturated, allocated bytes per request: {t.Name} over off", Bytes(t) / Bytes(targets.All[0]), null)),
            .. targets.All.Skip(1).Select(t => Share($"saturated, requests/s: {t.Name} over off", saturated.Of[t].Rate / saturated.Of[targets.All[0]].Rate, null)),
            Received(saturated, targets.All[^1]),
            Failed("requests that failed", [.. delayed.Of.Values, .. saturated.Of.Values]),
        ];

        double Cpu(Target target) => saturated.Of[target].CpuPerRequest;
        double Bytes(Target target) => saturated.Of[target].BytesPerRequest ?? double.NaN;
    }

    private static async Task<Measured> RunAsync(TelemetryTargets targets, Load load, int rounds, TimeSpan length)
    {
        var measured = targets.All.ToDictionary(target => target, _ => new Measurement());
        foreach (var target in targets.All)
        {
            await load.RunAsync(target, TimeSpan.FromSeconds(3), targets.Directory);
        }

        await UntilStillAsync(targets);
        var before = await SpansAsync(targets);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var target in round % 2 == 0 ? targets.All : targets.All.Reverse())
            {
                await measured[target].AddAsync(target, load, length, targets.Directory);
            }
        }

        await UntilStillAsync(targets);
        var after = await SpansAsync(targets);
        Print(load, measured, targets.All[0]);
        return new Measured(measured, targets.All.ToDictionary(t => t, t => after[t] - before[t]));
    }

    private static async Task<Dictionary<Target, long>> SpansAsync(TelemetryTargets targets)
    {
        var spans = new Dictionary<Target, long>();
        foreach (var target in targets.All)
        {
            spans[target] = await targets.SpansAsync(target);
        }

        return spans;
    }

    // The last spans are on their way for a moment; nothing arrives for a second when all have.
    private static async Task UntilStillAsync(TelemetryTargets targets)
    {
        var last = -1L;
        for (var i = 0; i < 30; i++)
        {
            var now = (await SpansAsync(targets)).Values.Sum();
            if (now == last)
            {
                return;
            }

            last = now;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static Figure Received(Measured saturated, Target all)
    {
        var (spans, requests) = (saturated.Spans[all], saturated.Of[all].Requests);
        return new Figure("saturated, spans received at the sink for each request, all", $">= {SpansPerRequest}", (spans / requests).ToString("0.000", CultureInfo.InvariantCulture), spans >= requests * SpansPerRequest);
    }

    private static Figure Failed(string what, IEnumerable<Measurement> all) => all.Sum(m => m.Errors) is var errors ? new(what, "0", $"{errors}", errors == 0) : throw new InvalidOperationException();

    private static Figure Share(string what, double ratio, double? most) => new(
        what,
        most is null ? "" : string.Create(CultureInfo.InvariantCulture, $"<= {most * 100:0.#} %"),
        string.Create(CultureInfo.InvariantCulture, $"{(ratio - 1) * 100:+0.0;-0.0;0.0} %"),
        most is null ? null : ratio - 1 <= most);

    private static void Print(Load load, Dictionary<Target, Measurement> measured, Target off)
    {
        Console.WriteLine($"\n### {load.Name}\n\n| level | requests/s | p50 ms | p99 ms | CPU us a request | to off | bytes a request | to off | RSS MB | errors |\n|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (target, m) in measured)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {target.Name} | {m.Rate:0} | {m.P50:0.000} | {m.P99:0.00} | {m.CpuPerRequest * 1e6:0} | {m.CpuPerRequest / measured[off].CpuPerRequest:0.00} | {m.BytesPerRequest:0} | {m.BytesPerRequest / measured[off].BytesPerRequest:0.00} | {m.Resident / 1048576} | {m.Errors} |"));
        }
    }

    private sealed record Measured(IReadOnlyDictionary<Target, Measurement> Of, IReadOnlyDictionary<Target, long> Spans);
}
