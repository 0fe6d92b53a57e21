using System.Text.Json.Serialization;
using ChatModels.Batches;

namespace ChatModels.Api.Wire;

/// <summary>A batch as OpenAI's clients know it: with every field, also those that are null.</summary>
internal sealed record BatchView
{
    public required string Id { get; init; }

    public string Object { get; init; } = "batch";

    public required string Endpoint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public BatchErrors? Errors { get; init; }

    [JsonPropertyName("input_file_id")]
    public required string InputFileId { get; init; }

    [JsonPropertyName("completion_window")]
    public required string CompletionWindow { get; init; }

    /// <summary>validating, failed, in_progress, finalizing, completed, expired, cancelling or cancelled.</summary>
    public required string Status { get; init; }

    [JsonPropertyName("output_file_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? OutputFileId { get; init; }

    [JsonPropertyName("error_file_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ErrorFileId { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("in_progress_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? InProgressAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required long ExpiresAt { get; init; }

    [JsonPropertyName("finalizing_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? FinalizingAt { get; init; }

    [JsonPropertyName("completed_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? CompletedAt { get; init; }

    [JsonPropertyName("failed_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? FailedAt { get; init; }

    [JsonPropertyName("expired_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? ExpiredAt { get; init; }

    [JsonPropertyName("cancelling_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? CancellingAt { get; init; }

    [JsonPropertyName("cancelled_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? CancelledAt { get; init; }

    [JsonPropertyName("request_counts")]
    public required BatchCounts RequestCounts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public static BatchView Of(BatchProgress batch)
    {
        var (record, closing, ended) = (batch.State.Record, batch.State.Closing, batch.State.Ended);
        return new BatchView
        {
            Id = record.Id,
            Endpoint = record.Endpoint,
            Errors = closing is { Mistakes: { Count: > 0 } mistakes } ? new BatchErrors { Data = [.. mistakes.Select(m => new BatchErrorView(m.Code, m.Message, m.Param, m.Line))] } : null,
            InputFileId = record.InputFile,
            CompletionWindow = record.Window,
            Status = batch.State.Status.Name(),
            OutputFileId = ended?.OutputFile,
            ErrorFileId = ended?.ErrorFile,
            CreatedAt = record.CreatedAt.ToUnixTimeSeconds(),
            InProgressAt = batch.State.Started?.At.ToUnixTimeSeconds(),
            ExpiresAt = record.ExpiresAt.ToUnixTimeSeconds(),
            FinalizingAt = Seconds(closing, BatchClosing.Done),
            CompletedAt = closing?.How is BatchClosing.Done ? ended?.At.ToUnixTimeSeconds() : null,
            FailedAt = Seconds(closing, BatchClosing.Failed),
            ExpiredAt = closing?.How is BatchClosing.Expired ? ended?.At.ToUnixTimeSeconds() : null,
            CancellingAt = Seconds(closing, BatchClosing.Cancelled),
            CancelledAt = closing?.How is BatchClosing.Cancelled ? ended?.At.ToUnixTimeSeconds() : null,
            RequestCounts = new BatchCounts(batch.Lines, batch.Completed, batch.Failed),
            Metadata = record.Metadata,
        };
    }

    private static long? Seconds(ClosingStep? closing, BatchClosing how) => closing?.How == how ? closing.At.ToUnixTimeSeconds() : null;
}

internal sealed record BatchCounts(int Total, int Completed, int Failed);

internal sealed record BatchErrors
{
    public string Object { get; init; } = "list";

    public required IReadOnlyList<BatchErrorView> Data { get; init; }
}

/// <summary>Something wrong with the input, and in which line; the first is 1.</summary>
internal sealed record BatchErrorView(
    string Code,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Line);

internal sealed record BatchList
{
    public string Object { get; init; } = "list";

    public required IReadOnlyList<BatchView> Data { get; init; }

    [JsonPropertyName("first_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FirstId { get; init; }

    [JsonPropertyName("last_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? LastId { get; init; }

    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}

/// <summary>What to run.</summary>
internal sealed record BatchInput
{
    /// <summary>A file uploaded with the purpose batch: one request a line.</summary>
    [JsonPropertyName("input_file_id")]
    public required string InputFileId { get; init; }

    /// <summary>The endpoint of every line: /v1/chat/completions.</summary>
    public required string Endpoint { get; init; }

    /// <summary>24h.</summary>
    [JsonPropertyName("completion_window")]
    public required string CompletionWindow { get; init; }

    /// <summary>Up to 16 pairs of your own.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How long the results are kept.</summary>
    [JsonPropertyName("output_expires_after")]
    public ExpiresAfter? OutputExpiresAfter { get; init; }
}

/// <summary>So many seconds after created_at.</summary>
internal sealed record ExpiresAfter(string Anchor, long Seconds);
