namespace ChatModels;

/// <summary>The capabilities that a model can have; a closed set, so that a typo is an error and not a model that never matches.</summary>
public static class ModelCapabilities
{
    /// <summary>Chat completions.</summary>
    public const string Chat = "chat";

    /// <summary>Answers as a stream.</summary>
    public const string Streaming = "streaming";

    /// <summary>Tool calls.</summary>
    public const string Tools = "tools";

    /// <summary>Images in the prompt.</summary>
    public const string Vision = "vision";

    /// <summary>Audio in the prompt or answer.</summary>
    public const string Audio = "audio";

    /// <summary>Answers that follow a JSON schema.</summary>
    public const string StructuredOutput = "structured-output";

    /// <summary>Reasoning before the answer.</summary>
    public const string Reasoning = "reasoning";

    /// <summary>Embeddings.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>All of them, in the order of their names.</summary>
    public static IReadOnlyList<string> All { get; } = [Audio, Chat, Embeddings, Reasoning, Streaming, StructuredOutput, Tools, Vision];
}
