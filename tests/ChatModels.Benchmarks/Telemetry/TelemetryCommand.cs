using System.Globalization;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>Off against metrics against sampled against all, in turn within each round.</summary>
internal static class TelemetryCommand
{
    // A process is one draw: processes of the same build differ by several per cent, as the runtime happened to compile them, which is as much as a level costs.
    private const int Starts = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        var both = args is not ["--only", "invoke", ..];
        var (rounds, seconds) = (both ? args : args[2..]) switch
        {
            [] => (25, 1),
            ["--rounds", var r] => (Number(r), 1),
            ["--rounds", var r, "--seconds", var s] => (Number(r), Number(s)),
            _ => throw new ArgumentException("The options are --only invoke --rounds N --seconds N, in this order."),
        };
        List<Figure> figures = [];
        var gateway = new GatewayTelemetry();
        for (var start = 0; start < (both ? Starts : 1); start++)
        {
            await using var targets = await TelemetryTargets.StartAsync();
            if (start == 0)
            {
                figures.AddRange(await InvokeTelemetry.MeasureAsync(rounds, targets.SinkOf("off")));
            }

            if (both)
            {
                await gateway.MeasureAsync(targets, (rounds + Starts - 1) / Starts, TimeSpan.FromSeconds(seconds));
            }
        }

        if (both)
        {
            figures.AddRange(gateway.Tell());
        }

        MarkdownTable.Print(figures);
        return figures.Any(figure => figure.Met is false) ? 1 : 0;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
