namespace ChatModels.Benchmarks.Gateway;

/// <summary>One target under one load, all turns together.</summary>
internal sealed class Measurement
{
    private readonly List<Turn> _turns = [];
    private long? _allocated;

    /// <summary>Requests answered in a second; the median turn.</summary>
    public double Rate => Median(turn => turn.Rate);

    public double P50 => Median(turn => turn.P50);

    public double P99 => Median(turn => turn.P99);

    public double CpuPerRequest => Median(turn => turn.CpuPerRequest);

    public double? BytesPerRequest => _allocated / Requests;

    public long Resident { get; private set; }

    public long Errors { get; private set; }

    public double Requests => _turns.Sum(turn => turn.Requests);

    /// <summary>Requests/s over another's: the median of the turns that were taken one after the other, so that what else the machine does meets both.</summary>
    public double RateTo(Measurement other) => MedianTo(other, turn => turn.Rate);

    /// <summary>Processor time a request over another's, in the same way.</summary>
    public double CpuTo(Measurement other) => MedianTo(other, turn => turn.CpuPerRequest);

    public async Task AddAsync(Target target, Load load, TimeSpan length, string directory)
    {
        var allocated = await target.AllocatedAsync();
        var cpu = target.CpuSeconds();
        var result = await load.RunAsync(target, length, directory);
        _turns.Add(new Turn(result.Requests, result.Requests / result.Seconds, (target.CpuSeconds() - cpu) / result.Requests, result.P50, result.P99));
        _allocated = allocated is null ? null : (_allocated ?? 0) + await target.AllocatedAsync() - allocated;
        Errors += result.Errors;
        Resident = Math.Max(Resident, target.ResidentBytes());
    }

    private double Median(Func<Turn, double> what) => new Samples(_turns.Select(what)).Median;

    private double MedianTo(Measurement other, Func<Turn, double> what) => new Samples(_turns.Zip(other._turns, (mine, its) => what(mine) / what(its))).Median;

    private sealed record Turn(double Requests, double Rate, double CpuPerRequest, double P50, double P99);
}
