namespace ChatModels.Chat;

/// <summary>Limits of the chat path; <c>ChatModels:Chat</c> in configuration.</summary>
public sealed class ChatPathOptions
{
    /// <summary>How long a stream may stand still between two chunks before it ends with an error.</summary>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many attempts one request may take, fallbacks included; the last one is kept for a fallback where there is one.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>What all attempts, waits and queues of one request may take together, until its answer (a stream: its first content) is there. A provider's own timeout may be shorter, not longer.</summary>
    public TimeSpan OverallDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait that a request takes for a provider that asked for one (<c>Retry-After</c>), when nothing else is left to try.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many failures in a row make a deployment cool down; one that asks for a wait does so at once.</summary>
    public int CooldownFailures { get; set; } = 3;

    /// <summary>The first cooldown; each next one that no success came between is twice as long.</summary>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest cooldown, but for what a provider asks for itself.</summary>
    public TimeSpan MaxCooldown { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many requests may wait for one provider that is at its <c>maxConcurrency</c>; batches have as many places of their own.</summary>
    public int QueueLimit { get; set; } = 100;

    /// <summary>How long a stream's headers are held back until there is content; then they go out, with comments until there is.</summary>
    public TimeSpan HeaderHold { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often such a comment goes out.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(5);
}
