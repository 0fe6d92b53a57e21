using System.Text.Json.Serialization;
using ChatModels.Batches;

namespace ChatModels.Api.Wire;

/// <summary>How far a batch is, as its events tell.</summary>
internal sealed record BatchProgressView
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    [JsonPropertyName("request_counts")]
    public required BatchCounts RequestCounts { get; init; }

    /// <summary>Lines that have a result; some are not in the counts yet.</summary>
    public required int Answered { get; init; }

    [JsonPropertyName("lines_per_second")]
    public double? LinesPerSecond { get; init; }

    /// <summary>At that rate; absent while nothing moves.</summary>
    [JsonPropertyName("seconds_left")]
    public long? SecondsLeft { get; init; }

    public static BatchProgressView Of(BatchProgress batch, BatchRate rate)
    {
        var perSecond = rate.PerSecond;
        return new BatchProgressView
        {
            Id = batch.State.Record.Id,
            Status = batch.State.Status.Name(),
            RequestCounts = new BatchCounts(batch.Lines, batch.Completed, batch.Failed),
            Answered = batch.Answered,
            LinesPerSecond = perSecond is { } lines ? Math.Round(lines, 1) : null,
            SecondsLeft = perSecond > 0 && batch.State.Status is BatchStatus.InProgress ? (long)Math.Ceiling((batch.Lines - batch.Answered) / perSecond.Value) : null,
        };
    }
}
