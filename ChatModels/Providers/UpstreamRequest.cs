namespace ChatModels.Providers;

/// <summary>One request to one provider.</summary>
public sealed class UpstreamRequest
{
    /// <summary>What is asked for.</summary>
    public required UpstreamOperation Operation { get; init; }

    /// <summary>The provider's own name for the model; already in the body.</summary>
    public required string Model { get; init; }

    /// <summary>The body, in OpenAI's wire format.</summary>
    public required RequestBody Body { get; init; }

    /// <summary>Whether the answer is asked for as a stream of server-sent events.</summary>
    public bool Stream { get; init; }
}

/// <summary>The operations that providers serve.</summary>
public enum UpstreamOperation
{
    /// <summary><c>POST chat/completions</c>.</summary>
    ChatCompletions,

    /// <summary><c>POST embeddings</c>.</summary>
    Embeddings,
}
