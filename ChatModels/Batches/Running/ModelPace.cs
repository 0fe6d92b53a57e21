using System.Globalization;

namespace ChatModels.Batches.Running;

/// <summary>How many calls of one model a worker may have under way: halved when calls are refused, raised step by step while they are not.</summary>
/// <remarks>Guarded by the lock of <see cref="LineSlots"/>.</remarks>
internal sealed class ModelPace(int most, TimeProvider time)
{
    private static readonly TimeSpan CutPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly long _start = time.GetTimestamp();
    private TimeSpan _lastCut = -CutPause;

    public double Limit { get; private set; } = most;

    public int UnderWay { get; set; }

    /// <summary>Whether the fleet has to be told of a cut.</summary>
    public bool IsCut { get; private set; }

    public TimeSpan PausedFor => Later(PausedUntil - Now, TimeSpan.Zero);

    public bool IsUnlimited => Limit >= most && PausedFor == TimeSpan.Zero && !IsCut;

    public int Room => PausedFor > TimeSpan.Zero ? 0 : Math.Max(0, (int)Limit - UnderWay);

    private TimeSpan PausedUntil { get; set; }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Calls were refused. Those that were under way together are one reason, not many.</summary>
    public void Refused(TimeSpan? retryAfter)
    {
        var wait = retryAfter is { } asked && asked > TimeSpan.Zero ? asked : UsualWait;
        PausedUntil = Later(PausedUntil, Now + (wait < LongestWait ? wait : LongestWait));
        if (Now - _lastCut >= CutPause)
        {
            Limit = Math.Max(1, Math.Min(Limit, Math.Max(1, UnderWay)) / 2);
            _lastCut = Now;
            IsCut = true;
        }
    }

    /// <summary>What the fleet is to know, after a look at what it knows: one share of its limit is this worker's. Null where everything is as if nothing had been.</summary>
    public string? Share(string? known, int workers, DateTimeOffset now)
    {
        if (!IsCut && Parse(known) is { } shared)
        {
            Limit = Math.Clamp(shared.Limit / workers, 1, most);
            PausedUntil = Later(PausedUntil, Now + (shared.Until - now));
            Limit = PausedFor == TimeSpan.Zero ? Math.Min(most, Limit + 1 + most / 64.0) : Limit;
        }
        else if (!IsCut)
        {
            Limit = most;
        }

        IsCut = false;
        return Limit >= most && PausedFor == TimeSpan.Zero
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Limit * workers:0.###}:{(now + PausedFor).ToUnixTimeMilliseconds()}");
    }

    private static (double Limit, DateTimeOffset Until)? Parse(string? shared) =>
        shared?.Split(':') is [var limit, var until]
        && double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out var calls)
        && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? (calls, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : null;

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
