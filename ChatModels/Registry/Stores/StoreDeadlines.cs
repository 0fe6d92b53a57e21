namespace ChatModels.Registry.Stores;

/// <summary>How long the store waits for Redis before it gives its own answer.</summary>
internal sealed record StoreDeadlines
{
    private const int BytesASecond = 4 * 1024 * 1024;

    public static readonly StoreDeadlines Default = new();

    /// <summary>Small answers: the head, announcements.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Answers of many megabytes: everything, the log.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A commit from the call to its outcome, whatever happens.</summary>
    public TimeSpan Commit { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The same for a commit of so many bytes: a large one takes its time on the way, and in a server that does one thing at a time.</summary>
    public TimeSpan CommitOf(long bytes) => Commit + TimeSpan.FromSeconds((double)bytes / BytesASecond);

    /// <summary>How long a commit waits for the one before it.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What a commit must have left when it sends its transaction: the client's wait for the condition, and a little more.</summary>
    public TimeSpan Transaction { get; init; } = RedisConnections.ConditionTimeout + TimeSpan.FromMilliseconds(50);

    /// <summary>What a commit keeps back for looking its fate up when the answer does not come.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(150);
}

/// <summary>A deadline that runs.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan length)
{
    private readonly long _started = time.GetTimestamp();

    public TimeSpan Remaining => TimeSpan.FromTicks(Math.Max(0, (length - time.GetElapsedTime(_started)).Ticks));

    /// <summary>What remains when <paramref name="reserve"/> is kept back.</summary>
    public TimeSpan Without(TimeSpan reserve) => Remaining > reserve ? Remaining - reserve : TimeSpan.Zero;
}
