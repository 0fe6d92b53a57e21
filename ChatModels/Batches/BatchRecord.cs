namespace ChatModels.Batches;

/// <summary>What was asked for when a batch was created. Never changed.</summary>
internal sealed record BatchRecord
{
    public int Version { get; init; } = 1;

    public required string Id { get; init; }

    public required string InputFile { get; init; }

    public required string Endpoint { get; init; }

    public required string Window { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How long the result files live; the files' own lifetime where absent.</summary>
    public TimeSpan? OutputLifetime { get; init; }

    /// <summary>The trace that created it, which the spans of its lines link to.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The input was found good.</summary>
internal sealed record StartedStep(DateTimeOffset At, int Lines, int Chunks);

/// <summary>What is to become of the batch, and why.</summary>
internal sealed record ClosingStep(DateTimeOffset At, BatchClosing How)
{
    public IReadOnlyList<BatchMistake> Mistakes { get => field ?? []; init; }
}

internal enum BatchClosing
{
    Done,
    Cancelled,
    Expired,
    Failed,
}

/// <summary>The results can be had.</summary>
internal sealed record EndedStep(DateTimeOffset At, int Completed, int Failed, string? OutputFile, string? ErrorFile);

/// <summary>Something wrong with the input, and in which line.</summary>
internal sealed record BatchMistake(string Code, string Message, string? Param, int? Line);
