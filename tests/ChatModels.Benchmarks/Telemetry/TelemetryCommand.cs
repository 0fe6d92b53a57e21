using System.Globalization;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>Off against metrics against sampled against all, in turn within each round.</summary>
internal static class TelemetryCommand
{
    // A process is one draw: processes of the same build differ by several per cent, as the runtime happened to compile them, which is as much as a level costs.
    private const int Starts = 4;

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
        List<Figure> figures = [];
        List<TelemetryTargets> starts = [];
        try
        {
            starts.Add(await TelemetryTargets.StartAsync());
            figures.AddRange(await InvokeTelemetry.MeasureAsync(rounds, starts[0].SinkOf(TelemetryTargets.Off)));
            if (both)
            {
                while (starts.Count < Starts)
                {
                    starts.Add(await TelemetryTargets.StartAsync());
                }

                var gateway = new GatewayTelemetry();
                await gateway.MeasureAsync(starts, rounds, TimeSpan.FromSeconds(seconds));
                figures.AddRange(gateway.Tell());
            }
        }
        finally
        {
            foreach (var targets in starts)
            {
                await targets.DisposeAsync();
            }
        }

        MarkdownTable.Print(figures);
        return figures.Any(figure => figure.Met is false) ? 1 : 0;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
