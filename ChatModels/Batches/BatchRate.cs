namespace ChatModels.Batches;

/// <summary>How fast a batch moves, over the last seconds.</summary>
internal sealed class BatchRate(TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, int Lines)> _seen = [];
    private (long At, int Lines) _last;

    public double? PerSecond => _seen.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, _last.At) is { TotalSeconds: > 0.5 } span
        ? Math.Max(0, _last.Lines - oldest.Lines) / span.TotalSeconds // A store that was killed may have forgotten some.
        : null;

    public void Note(int lines)
    {
        _seen.Enqueue(_last = (time.GetTimestamp(), lines));
        while (time.GetElapsedTime(_seen.Peek().At, _last.At) > Span)
        {
            _seen.Dequeue();
        }
    }
}
