namespace ChatModels.Chat;

/// <summary>The one path that every chat request takes, from whatever surface: parse, resolve, route, call, read.</summary>
public sealed class ChatPipeline
{
    /// <summary>Answers a request in OpenAI's wire format. Failures are values in the reply; only cancellation by the caller throws.</summary>
    /// <param name="body">The request's JSON. It must stay as it is until the reply is disposed.</param>
    /// <param name="cancellationToken">The caller's: cancelled, it abandons the upstream call at once.</param>
    public ValueTask<ChatReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => throw new NotImplementedException();
}
