using System.Text.Json.Serialization;
using ChatModels.Batches.Files;

namespace ChatModels.Api.Wire;

/// <summary>A file as OpenAI's clients know it.</summary>
internal sealed record FileView
{
    public required string Id { get; init; }

    public string Object { get; init; } = "file";

    public required long Bytes { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public long? ExpiresAt { get; init; }

    public required string Filename { get; init; }

    /// <summary>batch, or batch_output.</summary>
    public required string Purpose { get; init; }

    /// <summary>Always processed; kept for clients that expect it.</summary>
    public string Status { get; init; } = "processed";

    public static FileView Of(FileRecord file) => new()
    {
        Id = file.Id,
        Bytes = file.Bytes,
        CreatedAt = file.CreatedAt.ToUnixTimeSeconds(),
        ExpiresAt = file.ExpiresAt?.ToUnixTimeSeconds(),
        Filename = file.Filename,
        Purpose = file.Purpose,
    };
}

internal sealed record FileList
{
    public string Object { get; init; } = "list";

    public required IReadOnlyList<FileView> Data { get; init; }

    [JsonPropertyName("first_id")]
    public string? FirstId { get; init; }

    [JsonPropertyName("last_id")]
    public string? LastId { get; init; }

    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}

internal sealed record FileDeletedView(string Id)
{
    public string Object { get; init; } = "file";

    public bool Deleted { get; init; } = true;
}

/// <summary>The form that an upload is.</summary>
internal sealed record FileForm
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>What it is for: batch.</summary>
    public required string Purpose { get; init; }
}
