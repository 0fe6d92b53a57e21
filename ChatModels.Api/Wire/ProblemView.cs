namespace ChatModels.Api.Wire;

/// <summary>Problem details (RFC 9457), with what this registry adds to them.</summary>
internal sealed record ProblemView
{
    /// <summary>The status, in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong, and the cure.</summary>
    public required string Detail { get; init; }

    /// <summary>The operation that failed.</summary>
    public required string Op { get; init; }

    /// <summary>What went wrong, from a closed set.</summary>
    public required string Code { get; init; }

    /// <summary>What to search logs and traces for.</summary>
    public required string TraceId { get; init; }

    /// <summary>After a write whose fate is unknown: the stamp by which it can be found in the log.</summary>
    public string? Stamp { get; init; }

    /// <summary>Every mistake found in what was sent.</summary>
    public required IReadOnlyList<ProblemIssue> Errors { get; init; }
}

/// <summary>One mistake: where it stands, and how to cure it.</summary>
internal sealed record ProblemIssue(string Path, string Message);
