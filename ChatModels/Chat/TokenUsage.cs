namespace ChatModels.Chat;

/// <summary>The tokens of one answer, as the provider reports them. What it does not report is unknown, never 0.</summary>
internal readonly record struct TokenUsage(long? Input, long? Output, long? CachedInput, long? Reasoning);
