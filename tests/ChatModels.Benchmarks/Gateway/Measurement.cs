namespace ChatModels.Benchmarks.Gateway;

/// <summary>One target under one load, all rounds together.</summary>
internal sealed class Measurement
{
    private readonly List<double> _rates = [];
    private readonly List<double> _p50 = [];
    private readonly List<double> _p99 = [];
    private double _requests;
    private double _cpu;
    private long? _allocated;

    /// <summary>Requests answered in a second; the median round.</summary>
    public double Rate => new Samples(_rates).Median;

    public double P50 => new Samples(_p50).Median;

    public double P99 => new Samples(_p99).Median;

    public double CpuPerRequest => _cpu / _requests;

    public double? BytesPerRequest => _allocated / _requests;

    public long Resident { get; private set; }

    public long Errors { get; private set; }

    public double Requests => _requests;

    public async Task AddAsync(Target target, Load load, TimeSpan length, string directory)
    {
        var allocated = await target.AllocatedAsync();
        var cpu = target.CpuSeconds();
        var result = await load.RunAsync(target, length, directory);
        _cpu += target.CpuSeconds() - cpu;
        _allocated = allocated is null ? null : (_allocated ?? 0) + await target.AllocatedAsync() - allocated;
        _requests += result.Requests;
        _rates.Add(result.Requests / result.Seconds);
        _p50.Add(result.P50);
        _p99.Add(result.P99);
        Errors += result.Errors;
        Resident = Math.Max(Resident, target.ResidentBytes());
    }
}
