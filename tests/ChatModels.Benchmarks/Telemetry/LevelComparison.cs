using ChatModels.Benchmarks.Gateway;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>All levels under one load: by the processes that were started for them, each in rounds.</summary>
internal sealed class LevelComparison
{
    private readonly List<IReadOnlyList<Dictionary<string, Measurement>>> _starts = [];
    private readonly Dictionary<string, long> _spans = [];

    public IEnumerable<Measurement> All => _starts.SelectMany(rounds => rounds).SelectMany(round => round.Values);

    public void Add(IReadOnlyList<Dictionary<string, Measurement>> rounds, IReadOnlyDictionary<string, long> spans)
    {
        _starts.Add(rounds);
        foreach (var (level, received) in spans)
        {
            _spans[level] = _spans.GetValueOrDefault(level) + received;
        }
    }

    public double Of(string level, Func<Measurement, double> what) => new Samples(_starts.SelectMany(rounds => rounds).Select(round => what(round[level]))).Median;

    public double SpansPerRequest(string level) => _spans[level] / _starts.SelectMany(rounds => rounds).Sum(round => round[level].Requests);

    /// <summary>The mean of what the processes came to.</summary>
    public double ToOff(string level, Func<Measurement, double> what) => OfEach(level, what).Average();

    /// <summary>For each process against that of level <c>off</c> beside it, the median of the rounds' ratios: what else the machine does in a round meets both.</summary>
    public IReadOnlyList<double> OfEach(string level, Func<Measurement, double> what) =>
        [.. _starts.Select(rounds => new Samples(rounds.Select(round => what(round[level]) / what(round[TelemetryTargets.Off]))).Median)];
}
