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
        var saturated = await RunAsync(targets, Load.Chat(32), rounds, length, new GatewayOptions().WarmUp);
        var delayed = await RunAsync(targets, new Load("20 ms c=4", 4, Load.Json(Prompt, stream: false, TelemetryTargets.Delayed)), rounds, length, TimeSpan.FromSeconds(3));
        var on = targets.All.Skip(1).ToList();
        return
        [
            .. on.Select(t => Share($"20 ms upstream, p50 of the operation: {t.Name} over off", delayed.ToOff(t, m => m.P50), 0.01)),
            .. on.Select(t => Share($"saturated (c=32, 0 ms), CPU per request: {t.Name} over off", saturated.ToOff(t, m => m.CpuPerRequest), t.Name switch { "metrics" => 0.08, "all" => 0.35, _ => null })),
            .. on.Select(t => Share($"saturated, allocated bytes per request: {t.Name} over off", saturated.ToOff(t, m => m.BytesPerRequest ?? double.NaN), null)),
            .. on.Select(t => Share($"saturated, requests/s: {t.Name} over off", saturated.ToOff(t, m => m.Rate), null)),
            Received(saturated, targets.All[^1]),
            Failed([.. delayed.Rounds.Concat(saturated.Rounds).SelectMany(round => round.Values)]),
        ];
    }

    private static async Task<Measured> RunAsync(TelemetryTargets targets, Load load, int rounds, TimeSpan length, TimeSpan warmUp)
    {
        List<Dictionary<Target, Measurement>> measured = [];
        foreach (var target in targets.All)
        {
            await load.RunAsync(target, warmUp, targets.Directory);
        }

        await UntilStillAsync(targets);
        var before = await SpansAsync(targets);
        for (var round = 0; round < rounds; round++)
        {
            measured.Add(targets.All.ToDictionary(target => target, _ => new Measurement()));
            foreach (var target in round % 2 == 0 ? targets.All : targets.All.Reverse())
            {
                await measured[round][target].AddAsync(target, load, length, targets.Directory);
            }
        }

        await UntilStillAsync(targets);
        var after = await SpansAsync(targets);
        var result = new Measured(measured, targets.All[0], targets.All.ToDictionary(t => t, t => after[t] - before[t]));
        Print(load, result, targets.All);
        return result;
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
        var (spans, requests) = (saturated.Spans[all], saturated.Rounds.Sum(round => round[all].Requests));
        return new Figure("saturated, spans received at the sink for each request, all", $">= {SpansPerRequest}", (spans / requests).ToString("0.000", CultureInfo.InvariantCulture), spans >= requests * SpansPerRequest);
    }

    private static Figure Failed(IEnumerable<Measurement> all)
    {
        var errors = all.Sum(m => m.Errors);
        return new Figure("requests that failed", "0", $"{errors}", errors == 0);
    }

    private static Figure Share(string what, double ratio, double? most) => new(
        what,
        most is null ? "" : string.Create(CultureInfo.InvariantCulture, $"<= {most * 100:0.#} %"),
        string.Create(CultureInfo.InvariantCulture, $"{(ratio - 1) * 100:+0.0;-0.0;0.0} %"),
        most is null ? null : ratio - 1 <= most);

    private static void Print(Load load, Measured measured, IReadOnlyList<Target> targets)
    {
        Console.WriteLine($"\n### {load.Name}\n\n| level | requests/s | p50 ms | p99 ms | CPU us a request | to off | bytes a request | to off | RSS MB |\n|---|---|---|---|---|---|---|---|---|");
        foreach (var target in targets)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {target.Name} | {Of(m => m.Rate):0} | {Of(m => m.P50):0.000} | {Of(m => m.P99):0.00} | {Of(m => m.CpuPerRequest) * 1e6:0} | {measured.ToOff(target, m => m.CpuPerRequest):0.00} | {Of(m => m.BytesPerRequest ?? 0):0} | {measured.ToOff(target, m => m.BytesPerRequest ?? 0):0.00} | {Of(m => m.Resident) / 1048576:0} |"));

            double Of(Func<Measurement, double> what) => new Samples(measured.Rounds.Select(round => what(round[target]))).Median;
        }
    }

    private sealed record Measured(IReadOnlyList<Dictionary<Target, Measurement>> Rounds, Target Off, IReadOnlyDictionary<Target, long> Spans)
    {
        /// <summary>The median of the rounds' ratios: what else the machine does in a round meets both.</summary>
        public double ToOff(Target target, Func<Measurement, double> what) => new Samples(Rounds.Select(round => what(round[target]) / what(round[Off]))).Median;
    }
}
