using System.Text.Json;
using ChatModels.Batches.Stores;

namespace ChatModels.Batches;

/// <summary>A batch and what has happened to it: its status follows from that, and is stored nowhere.</summary>
internal sealed record BatchState(BatchRecord Record, StartedStep? Started, ClosingStep? Closing, EndedStep? Ended)
{
    public BatchStatus Status => this switch
    {
        { Closing.How: BatchClosing.Failed } => BatchStatus.Failed,
        { Ended: not null, Closing.How: BatchClosing.Cancelled } => BatchStatus.Cancelled,
        { Ended: not null, Closing.How: BatchClosing.Expired } => BatchStatus.Expired,
        { Ended: not null } => BatchStatus.Completed,
        { Closing.How: BatchClosing.Cancelled } => BatchStatus.Cancelling,
        { Closing: not null } => BatchStatus.Finalizing,
        { Started: not null } => BatchStatus.InProgress,
        _ => BatchStatus.Validating,
    };

    /// <summary>Whether nothing more will happen to it.</summary>
    public bool IsFinal => Ended is not null || Closing is { How: BatchClosing.Failed };

    public static async Task<BatchState> ReadAsync(IBatchStore store, BatchRecord record, CancellationToken cancellationToken)
    {
        var steps = await store.ReadStepsAsync(record.Id, cancellationToken);
        return new BatchState(
            record,
            steps.TryGetValue(BatchStep.Started, out var started) ? JsonSerializer.Deserialize(started.Span, BatchJson.Default.StartedStep) : null,
            steps.TryGetValue(BatchStep.Closing, out var closing) ? JsonSerializer.Deserialize(closing.Span, BatchJson.Default.ClosingStep) : null,
            steps.TryGetValue(BatchStep.Ended, out var ended) ? JsonSerializer.Deserialize(ended.Span, BatchJson.Default.EndedStep) : null);
    }
}

/// <summary>OpenAI's words for how a batch stands.</summary>
internal enum BatchStatus
{
    Validating,
    Failed,
    InProgress,
    Finalizing,
    Completed,
    Expired,
    Cancelling,
    Cancelled,
}

internal static class BatchStatusNames
{
    /// <summary>The word itself.</summary>
    public static string Name(this BatchStatus status) => status is BatchStatus.InProgress ? "in_progress" : status.ToString().ToLowerInvariant();
}
