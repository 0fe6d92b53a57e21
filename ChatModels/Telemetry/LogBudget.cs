namespace ChatModels.Telemetry;

/// <summary>
/// How many lines of one kind a process writes in a second. For what a caller or a provider can bring about with every request: a log that is written
/// to a slow console would hold up the requests, and a full disk everything else.
/// </summary>
internal sealed class LogBudget(TimeProvider time)
{
    public const int LinesPerSecond = 50;

    private readonly Lock _lock = new();
    private long _second = long.MinValue;
    private int _taken;
    private long _unlogged;

    /// <summary>Whether a line may be written now; then <paramref name="unlogged"/> says how many like it were left out since the last one.</summary>
    public bool TryTake(out long unlogged)
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        lock (_lock)
        {
            if (second != _second)
            {
                (_second, _taken) = (second, 0);
            }

            if (_taken >= LinesPerSecond)
            {
                unlogged = 0;
                _unlogged++;
                return false;
            }

            _taken++;
            (unlogged, _unlogged) = (_unlogged, 0);
            return true;
        }
    }
}
