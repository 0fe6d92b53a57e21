using System.Globalization;

namespace ChatModels.Benchmarks;

/// <summary>What was measured again and again, in one unit.</summary>
internal sealed class Samples(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public int Count => _sorted.Length;

    public double Median => At(0.5);

    public double At(double share) => _sorted[Math.Min(_sorted.Length - 1, (int)(share * _sorted.Length))];

    /// <summary>As in <c>p50 1.2 ms, p99 3.4 ms</c>.</summary>
    public string Told(string unit) => string.Create(CultureInfo.InvariantCulture, $"p50 {Median:0.###} {unit}, p99 {At(0.99):0.###} {unit}");
}
