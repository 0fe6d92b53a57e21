namespace ChatModels.Chat.Health;

internal static class Durations
{
    public static TimeSpan OrLonger(this TimeSpan one, TimeSpan other) => one > other ? one : other;

    public static TimeSpan OrShorter(this TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>The monotonic clock's time in a while.</summary>
    public static long TimestampAfter(this TimeProvider time, TimeSpan wait) => time.After(time.GetTimestamp(), wait);

    /// <summary>The monotonic clock's time a while after another.</summary>
    public static long After(this TimeProvider time, long timestamp, TimeSpan wait) => timestamp + (long)(wait.TotalSeconds * time.TimestampFrequency);

    /// <summary>How long it is until the monotonic clock shows that; none when it has.</summary>
    public static TimeSpan TimeUntil(this TimeProvider time, long timestamp) => TimeSpan.Zero.OrLonger(time.GetElapsedTime(time.GetTimestamp(), timestamp));
}
