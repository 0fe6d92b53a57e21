namespace ChatModels.Chat;

/// <summary>What a JSON object of an answer is.</summary>
internal enum ObjectKind
{
    /// <summary>Something that is no answer: passed on as it is.</summary>
    Other,

    /// <summary>An answer, or a part of one.</summary>
    Answer,

    /// <summary>The chunk with empty choices that reports a stream's usage.</summary>
    UsageOnly,

    /// <summary>The event that ends an Anthropic stream.</summary>
    End,

    /// <summary>An error.</summary>
    Error,
}
