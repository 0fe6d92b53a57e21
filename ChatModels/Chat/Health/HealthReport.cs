namespace ChatModels.Chat.Health;

/// <summary>How a deployment stands, in this process.</summary>
internal sealed record HealthReport
{
    /// <summary>What is said of a deployment that nobody has asked for yet.</summary>
    public static HealthReport Untried { get; } = new() { Availability = Availability.Ready };

    public required Availability Availability { get; init; }

    /// <summary>Why it cools down: one of <see cref="ErrorCodes"/>; null when it does not.</summary>
    public string? Reason { get; init; }

    /// <summary>When its cooldown ends; null when it has ended, or there is none.</summary>
    public DateTimeOffset? Until { get; init; }

    public long Attempts { get; init; }

    public long Failures { get; init; }

    public int ConsecutiveFailures { get; init; }
}
