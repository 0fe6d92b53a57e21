namespace ChatModels.Chat;

/// <summary>The tokens of one answer, as the provider reports them. What it does not report is unknown, never 0.</summary>
/// <remarks><c>Input</c> is the whole prompt: what was read from the provider's cache, and what was written to it, is part of it.</remarks>
internal readonly record struct TokenUsage
{
    // Turned over, so that 0 is the unknown: each attempt has these, and nullable ones would take twice the room.
    private readonly long _input;
    private readonly long _output;
    private readonly long _cachedInput;
    private readonly long _reasoning;
    private readonly long _cacheCreation;

    public TokenUsage(long? input, long? output, long? cachedInput, long? reasoning, long? cacheCreation = null) =>
        (_input, _output, _cachedInput, _reasoning, _cacheCreation) = (Kept(input), Kept(output), Kept(cachedInput), Kept(reasoning), Kept(cacheCreation));

    public long? Input => Known(_input);

    public long? Output
    {
        get => Known(_output);
        init => _output = Kept(value);
    }

    public long? CachedInput => Known(_cachedInput);

    public long? Reasoning => Known(_reasoning);

    public long? CacheCreation => Known(_cacheCreation);

    /// <summary>Whether the answer has no tokens by its nature, as embeddings have none: then the input is all that costs.</summary>
    public bool IsInputOnly { get; init; }

    private static long Kept(long? count) => ~(count ?? -1);

    private static long? Known(long turned) => turned == 0 ? null : ~turned;
}
