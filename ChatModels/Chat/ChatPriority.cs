namespace ChatModels.Chat;

/// <summary>Who goes first where a provider's limit makes requests wait.</summary>
public enum ChatPriority
{
    /// <summary>Somebody waits for the answer.</summary>
    Interactive,

    /// <summary>Nobody does: a line of a batch, which waits until no interactive request does.</summary>
    Batch,
}
