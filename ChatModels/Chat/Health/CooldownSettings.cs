namespace ChatModels.Chat.Health;

/// <summary>How failures become cooldowns.</summary>
internal sealed class CooldownSettings(ChatPathOptions options)
{
    /// <summary>The longest that a provider's own wish is followed: a date far ahead would be a mistake of its clock.</summary>
    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(1);

    /// <summary>Failures further apart than this are no series.</summary>
    public static readonly TimeSpan SeriesGap = TimeSpan.FromMinutes(1);

    public int Failures { get; } = options.CooldownFailures;

    /// <summary>Doubles with each cooldown that no success came between.</summary>
    public TimeSpan Length(int level) =>
        TimeSpan.FromTicks((long)Math.Min(options.MaxCooldown.Ticks, options.Cooldown.Ticks * Math.Pow(2, Math.Min(level, 40))));

    public static TimeSpan Wish(TimeSpan retryAfter) => retryAfter < LongestWish ? retryAfter : LongestWish;
}
