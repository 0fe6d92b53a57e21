using ChatModels.Testing;

namespace ChatModels.Api.Tests.Faults;

/// <summary>One thing that an upstream does, and what the client sees of it: the README's table is made of these.</summary>
/// <param name="What">The table's first column.</param>
/// <param name="Behaviour">How the upstream does it; null: nobody listens.</param>
/// <param name="Whole">What a client sees that asked for a whole answer; null where it can't happen.</param>
/// <param name="Stream">What a client sees that asked for a stream; null where it can't happen.</param>
public sealed record Fault(string What, UpstreamHandler? Behaviour, Seen? Whole, Seen? Stream)
{
    public string Row => $"| {What} | {Whole?.Text} | {(Whole == Stream ? "the same" : Stream?.Text)} |";

    public override string ToString() => What;
}

/// <summary>What a client sees.</summary>
/// <param name="Status">The status of the answer.</param>
/// <param name="Code">The error's code; null after a good end.</param>
/// <param name="Content">The content that arrives, before the error where there is one.</param>
/// <param name="RetryAfter">The header of that name.</param>
public sealed record Seen(int Status, string? Code, string? Content = null, string? RetryAfter = null)
{
    private const string Closed = "closed";

    /// <summary>An answer of which the client has seen a part, and that there is no more.</summary>
    public static Seen Cut { get; } = new(200, Closed);

    public string Text => this switch
    {
        { Code: null } => "the whole answer",
        { Code: Closed } => "what has come, then the connection is closed before the answer's end",
        { Status: 200 } => $"what has come, then an error event `{Code}` and no `[DONE]`",
        { RetryAfter: { } wait } => $"{Status} `{Code}`, `Retry-After: {wait}`",
        { Code: "in the provider's words" } => $"{Status} in the provider's words",
        _ => $"{Status} `{Code}`",
    };

    public static Seen Error(int status, string code) => new(status, code);

    public static Seen Passed(int status) => new(status, "in the provider's words");

    public static Seen Answer(string content) => new(200, null, content);

    public static Seen Broken(string code, string content) => new(200, code, content);
}
