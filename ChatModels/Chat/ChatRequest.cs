using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>What the chat path has to know of a request: the rest of the body is nobody's business but the model's.</summary>
internal sealed class ChatRequest
{
    private static readonly byte[] Ask = "\"stream_options\":{\"include_usage\":true},"u8.ToArray();
    private static readonly byte[] AskMember = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] AskFirstMember = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] AskObject = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] True = "true"u8.ToArray();

    public required ChatCall Call { get; init; }

    /// <summary>What is asked for, and so the wire format of request, answer and errors.</summary>
    public UpstreamOperation Operation => Call.Operation;

    /// <summary>The call's body, without a byte order mark.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required string Model { get; init; }

    /// <summary>What a wildcard forwards of <see cref="Model"/>; null where the model found is none.</summary>
    public string? Forwarded { get; set; }

    /// <summary>The model's token, quotes included.</summary>
    public required ByteRange ModelToken { get; init; }

    /// <summary>Just behind the body's opening brace.</summary>
    public required int FirstMember { get; init; }

    /// <summary>What the model is to answer to: the messages, or the input.</summary>
    public ByteRange Prompt { get; init; }

    public bool Stream { get; init; }

    public bool HasTools { get; init; }

    /// <summary>Whether a message has an image among its parts.</summary>
    public bool HasImages { get; init; }

    /// <summary>Whether a message has sound among its parts.</summary>
    public bool HasAudio { get; init; }

    public StreamOptions StreamOptions { get; init; }

    /// <summary>The body as it goes to a deployment: its name for the model, and a stream's usage asked for.</summary>
    public RequestBody For(ReadOnlyMemory<byte> modelJson, bool askUsage)
    {
        var model = new BodyEdit(ModelToken.Offset, ModelToken.Length, modelJson);
        if (!askUsage || !Stream || StreamOptions.IncludeUsage || Operation != UpstreamOperation.ChatCompletions)
        {
            return new RequestBody(Body, [model]);
        }

        var usage = UsageEdit();
        return new RequestBody(Body, usage.Offset < model.Offset ? [usage, model] : [model, usage]);
    }

    private BodyEdit UsageEdit() => StreamOptions switch
    {
        { Value.Length: 0 } => new(FirstMember, 0, Ask),
        { IsObject: false } => new(StreamOptions.Value.Offset, StreamOptions.Value.Length, AskObject),
        { IncludeUsageToken.Length: > 0 } => new(StreamOptions.IncludeUsageToken.Offset, StreamOptions.IncludeUsageToken.Length, True),
        { IsEmpty: true } => new(StreamOptions.Value.Offset + 1, 0, AskMember),
        _ => new(StreamOptions.Value.Offset + 1, 0, AskFirstMember),
    };
}

/// <summary>Where something stands in the body; a length of 0 means: nowhere.</summary>
internal readonly record struct ByteRange(int Offset, int Length);

/// <summary>The request's <c>stream_options</c>.</summary>
internal readonly record struct StreamOptions(ByteRange Value, bool IsObject, bool IsEmpty, ByteRange IncludeUsageToken, bool IncludeUsage);
