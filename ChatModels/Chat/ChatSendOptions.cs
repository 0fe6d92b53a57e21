namespace ChatModels.Chat;

/// <summary>How a request is served.</summary>
public sealed record ChatSendOptions
{
    /// <summary>As most requests are: interactive, and the reply comes with its first content.</summary>
    public static ChatSendOptions Default { get; } = new();

    /// <summary>Whether it goes before others where a provider's limit makes requests wait.</summary>
    public ChatPriority Priority { get; init; }

    /// <summary>
    /// Whether the reply of a stream comes after <see cref="ChatPathOptions.HeaderHold"/> at the latest, also without content: then it begins with comments that keep
    /// the connection open, and a failure is told in band. For callers who hold headers back until there is a reply.
    /// </summary>
    /// <remarks>Such a reply, disposed before its first content, leaves the upstream call to the cancellation of the caller's token.</remarks>
    public bool KeepAlive { get; init; }
}
