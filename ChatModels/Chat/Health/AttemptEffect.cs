namespace ChatModels.Chat.Health;

/// <summary>What the outcome of an attempt says about its deployment.</summary>
internal enum AttemptEffect
{
    /// <summary>Nothing: the caller went away, or the request never left.</summary>
    None,

    /// <summary>It answers, be it with a refusal of the request.</summary>
    Good,

    /// <summary>It failed; so often in a row and it cools down.</summary>
    Bad,

    /// <summary>It asked to be left alone for a time that it named.</summary>
    AskedToWait,
}
