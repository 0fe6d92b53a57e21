namespace ChatModels.Chat;

/// <summary>The tokens of one answer, as the provider reports them. What it does not report is unknown, never 0.</summary>
/// <remarks><c>Input</c> is the whole prompt: what was read from the provider's cache, and what was written to it, is part of it.</remarks>
internal readonly record struct TokenUsage(long? Input, long? Output, long? CachedInput, long? Reasoning, long? CacheCreation = null)
{
    /// <summary>Whether the answer has no tokens by its nature, as embeddings have none: then the input is all that costs.</summary>
    public bool IsInputOnly { get; init; }
}
