using System.Globalization;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>What the design asks of the gateway, held against what was seen.</summary>
internal static class GatewayGoals
{
    public static IReadOnlyList<Figure> Of(LoadComparison seen)
    {
        var (load, spans, errors) = (seen.Load, seen.Spans, seen.Errors);
        var (yarp, direct, metrics, traced) = (seen.Of(GatewayTargets.YarpName), seen.Of(GatewayTargets.Direct), seen.Of(GatewayTargets.MetricsName), seen.Of(GatewayTargets.TracedName));
        Figure failed = new($"{load.Name}: requests that failed", "0", $"{errors}", errors == 0);
        return load switch
        {
            { Connections: 1 } =>
            [
                Added($"{load.Name}: added p50 over direct, metrics on", metrics.P50 - direct.P50, 0.20),
                failed,
            ],
            { Name: "c=32" } =>
            [
                AtLeast($"{load.Name}: requests/s to YARP's, metrics on", metrics.RateTo(yarp), 1.3),
                AtMost($"{load.Name}: CPU per request to YARP's, metrics on", metrics.CpuTo(yarp), 0.8),
                AtMost($"{load.Name}: allocated bytes per request to YARP's, metrics on", metrics.BytesPerRequest / yarp.BytesPerRequest, 1.0),
                AtLeast($"{load.Name}: requests/s to YARP's, all traced", traced.RateTo(yarp), 1.0),
                AtMost($"{load.Name}: allocated bytes per request to YARP's, all traced", traced.BytesPerRequest / yarp.BytesPerRequest, 1.5),
                new($"{load.Name}: requests whose spans reached the sink", ">= 99 %", Percent(spans / (traced.Requests * 3)), spans >= traced.Requests * 3 * 0.99),
                failed,
            ],
            { Name: "stream c=32" } => [AtLeast($"{load.Name}: streams/s to YARP's, metrics on", metrics.RateTo(yarp), 1.15), failed],
            _ => [AtLeast($"{load.Name}: requests/s to YARP's, metrics on", metrics.RateTo(yarp), null), failed],
        };
    }

    public static Figure Added(string what, double milliseconds, double most) =>
        new(what, Text($"<= {most:0.00} ms"), Text($"{milliseconds:0.000} ms"), milliseconds <= most);

    private static Figure AtLeast(string what, double ratio, double? least) =>
        new(what, least is null ? "" : Text($">= {least:0.00}x"), Text($"{ratio:0.00}x"), least is null ? null : ratio >= least);

    private static Figure AtMost(string what, double? ratio, double most) => new(what, Text($"<= {most:0.00}x"), Text($"{ratio:0.00}x"), ratio <= most);

    private static string Percent(double share) => Text($"{share * 100:0.0} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
