using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>Which fields are read, in which operation.</summary>
internal ref partial struct ChatRequestReader
{
    private static readonly string[] Names = ["model", "messages", "stream", "stream_options", "tools", "input"];

    /// <summary>The field that holds what the model is to answer to.</summary>
    private readonly int Prompt => _call.Operation == UpstreamOperation.Embeddings ? 5 : 1;

    /// <summary>Whether the field means something in this operation; elsewhere the same name is the provider's business.</summary>
    private readonly bool IsRead(int field) => _call.Operation switch
    {
        UpstreamOperation.Embeddings => field is 0 or 5,
        UpstreamOperation.Messages => field is 0 or 1 or 2 or 4,
        UpstreamOperation.CountTokens => field is 0 or 1 or 4,
        _ => field is not 5,
    };

    private static int IndexOf(scoped ReadOnlySpan<byte> name) => name.Length switch
    {
        5 when name.SequenceEqual("model"u8) => 0,
        8 when name.SequenceEqual("messages"u8) => 1,
        6 when name.SequenceEqual("stream"u8) => 2,
        14 when name.SequenceEqual("stream_options"u8) => 3,
        5 when name.SequenceEqual("tools"u8) => 4,
        5 when name.SequenceEqual("input"u8) => 5,
        _ => -1,
    };
}
