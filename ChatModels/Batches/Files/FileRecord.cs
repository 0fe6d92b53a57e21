namespace ChatModels.Batches.Files;

/// <summary>A file as its owner knows it.</summary>
internal sealed record FileRecord
{
    public int Version { get; init; } = 1;

    public required string Id { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required string Filename { get; init; }

    public required string Purpose { get; init; }
}

/// <summary>What a file is for.</summary>
internal static class FilePurposes
{
    public const string Batch = "batch";
    public const string BatchOutput = "batch_output";
}
