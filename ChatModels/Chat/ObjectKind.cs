namespace ChatModels.Chat;

/// <summary>What a JSON object of an answer is.</summary>
internal enum ObjectKind
{
    /// <summary>Something without choices: passed on as it is.</summary>
    Other,

    /// <summary>An answer, or a part of one.</summary>
    Choices,

    /// <summary>The chunk with empty choices that reports a stream's usage.</summary>
    UsageOnly,

    /// <summary>An error.</summary>
    Error,
}
