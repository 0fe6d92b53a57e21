using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>What a caller asks of the chat path: an operation, whose wire format the request has and the answer and every error will have.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Body">The request's JSON. It must stay as it is until the reply is disposed.</param>
public readonly record struct ChatCall(UpstreamOperation Operation, ReadOnlyMemory<byte> Body)
{
    /// <summary>Headers that belong to the operation's protocol: they go on to a deployment that speaks it, and to no other.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Headers { get; init; }

    /// <summary>The request's id, for errors that name it.</summary>
    public string? RequestId { get; init; }
}
