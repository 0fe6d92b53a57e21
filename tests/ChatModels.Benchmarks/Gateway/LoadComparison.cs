using System.Globalization;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>Everything under one load, by name: all processes of a target together.</summary>
internal sealed class LoadComparison(Load load)
{
    private readonly Dictionary<string, Measurement> _measured = [];

    public Load Load => load;

    /// <summary>The spans that have arrived while it was measured.</summary>
    public long Spans { get; set; }

    public long Errors => _measured.Values.Sum(m => m.Errors);

    public Measurement Of(string target) => _measured.TryGetValue(target, out var measured) ? measured : _measured[target] = new Measurement();

    public void Print()
    {
        var (yarp, direct) = (Of(GatewayTargets.YarpName), Of(GatewayTargets.Direct));
        Console.WriteLine();
        Console.WriteLine($"### {load.Name}");
        Console.WriteLine();
        Console.WriteLine("| target | requests/s | to YARP | to direct | p50 ms | p99 ms | CPU us | to YARP | bytes | to YARP | RSS MB | errors |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (target, m) in _measured)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {target} | {m.Rate:0} | {m.RateTo(yarp):0.00} | {m.RateTo(direct):0.00} | {m.P50:0.000} | {m.P99:0.00} | {m.CpuPerRequest * 1e6:0} | {m.CpuTo(yarp):0.00} | {m.BytesPerRequest:0} | {m.BytesPerRequest / yarp.BytesPerRequest:0.00} | {m.Resident / 1048576} | {m.Errors} |"));
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Spans received at the sink for each request that was traced: {Spans / Of(GatewayTargets.TracedName).Requests:0.00}"));
    }
}
