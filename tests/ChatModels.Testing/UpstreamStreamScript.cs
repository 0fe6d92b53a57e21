namespace ChatModels.Testing;

public enum StreamEnd
{
    /// <summary>finish_reason, the usage chunk if it was asked for, [DONE].</summary>
    Done,

    /// <summary>The connection ends in order after the last content, without finish_reason and [DONE].</summary>
    Silence,

    /// <summary>finish_reason (and usage), but no [DONE].</summary>
    NoDone,

    /// <summary>The connection breaks between two frames.</summary>
    Cut,

    /// <summary>The connection breaks in the middle of a frame.</summary>
    CutMidFrame,

    /// <summary>An error object in the stream, then the end.</summary>
    Error,

    /// <summary>Nothing more comes, and the connection stays open.</summary>
    Hang,
}

public sealed record UpstreamStreamScript
{
    /// <summary>The content deltas, a frame each. With none, the stream ends after its headers.</summary>
    public required IReadOnlyList<string> Chunks { get; init; }

    public StreamEnd End { get; init; } = StreamEnd.Done;

    /// <summary>Awaited before the chunk with that index (0 = before any frame, Chunks.Count = before the end): a gate instead of a delay.</summary>
    public Func<int, Task> BeforeChunk { get; init; } = _ => Task.CompletedTask;

    /// <summary>Send the first frame with the role alone, as OpenAI does.</summary>
    public bool RoleFirst { get; init; } = true;

    /// <summary>Send the usage chunk even to those who did not ask.</summary>
    public bool AlwaysUsage { get; init; }
}
