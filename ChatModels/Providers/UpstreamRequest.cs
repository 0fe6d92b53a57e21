namespace ChatModels.Providers;

/// <summary>One request to one provider.</summary>
public sealed class UpstreamRequest
{
    /// <summary>What is asked for.</summary>
    public required UpstreamOperation Operation { get; init; }

    /// <summary>The provider's own name for the model; already in the body.</summary>
    public required string Model { get; init; }

    /// <summary>The body, in the wire format of <see cref="Operation"/>.</summary>
    public required RequestBody Body { get; init; }

    /// <summary>Whether the answer is asked for as a stream of server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>Headers of the caller that belong to the protocol and go on with the request; each stands in the place of the provider's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

/// <summary>The operations that providers serve, each with its own wire format.</summary>
public enum UpstreamOperation
{
    /// <summary>OpenAI's <c>POST chat/completions</c>.</summary>
    ChatCompletions,

    /// <summary>OpenAI's <c>POST embeddings</c>.</summary>
    Embeddings,

    /// <summary>Anthropic's <c>POST v1/messages</c>.</summary>
    Messages,

    /// <summary>Anthropic's <c>POST v1/messages/count_tokens</c>.</summary>
    CountTokens,
}
