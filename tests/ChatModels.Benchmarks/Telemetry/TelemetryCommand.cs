using System.Globalization;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>Off against metrics against sampled against all, in turn within each round.</summary>
internal static class TelemetryCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var both = args is not ["--only", "invoke", ..];
        var (rounds, seconds) = (both ? args : args[2..]) switch
        {
            [] => (24, 1),
            ["--rounds", var r] => (Number(r), 1),
            ["--rounds", var r, "--seconds", var s] => (Number(r), Number(s)),
            _ => throw new ArgumentException("The options are --only invoke --rounds N --seconds N, in this order."),
        };
        await using var targets = await TelemetryTargets.StartAsync();
        IReadOnlyList<Figure> figures =
        [
            .. await InvokeTelemetry.MeasureAsync(rounds, targets.SinkOf("off")),
            .. both ? await GatewayTelemetry.MeasureAsync(targets, rounds, TimeSpan.FromSeconds(seconds)) : [],
        ];
        MarkdownTable.Print(figures);
        return figures.Any(figure => figure.Met is false) ? 1 : 0;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
