using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using Microsoft.Extensions.Logging;

namespace ChatModels.Batches.Running;

/// <summary>Deletes what has had its time: expired files, batches long ended, and bytes that belong to nobody. Any worker may, and several at once.</summary>
internal sealed partial class BatchSweeper(IBatchStore store, IFileStore files, FileCatalogue catalogue, TimeProvider time, ILogger<BatchSweeper> logger)
{
    private const int AtOnce = 500;

    /// <summary>So long bytes may lie without belonging to anybody: somebody may still be writing them, or about to say what they are.</summary>
    private static readonly TimeSpan Unclaimed = TimeSpan.FromHours(1);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expired = await store.ListExpiredAsync(RecordKind.File, now, AtOnce, cancellationToken);
        foreach (var file in expired)
        {
            await catalogue.DeleteAsync(file, cancellationToken);
        }

        var ended = await store.ListExpiredAsync(RecordKind.Batch, now, AtOnce, cancellationToken);
        foreach (var batch in ended)
        {
            await ForgetAsync(batch, cancellationToken);
        }

        var orphans = await SweepOrphansAsync(now, cancellationToken);
        if (expired.Count + ended.Count + orphans > 0)
        {
            LogSwept(expired.Count, ended.Count, orphans);
        }
    }

    // Once more what was cleared when it ended: a worker that woke up long after may have left something. Last its record, which is what says that it was there.
    private async Task ForgetAsync(string batch, CancellationToken cancellationToken)
    {
        var steps = await store.ReadStepsAsync(batch, cancellationToken);
        var started = steps.TryGetValue(BatchStep.Started, out var json) ? System.Text.Json.JsonSerializer.Deserialize(json.Span, BatchJson.Default.StartedStep) : null;
        await store.SweepAsync(batch, started?.Chunks ?? 0, everything: true, cancellationToken);
        await store.RemoveAsync(RecordKind.Batch, batch, cancellationToken);
    }

    private async Task<int> SweepOrphansAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var old = (await files.ListAsync(cancellationToken)).Where(content => now - content.Touched > Unclaimed).ToList();
        if (old is [])
        {
            return 0;
        }

        var open = (await store.ListOpenAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var swept = 0;
        foreach (var content in old)
        {
            if (content.Token is not null)
            {
                await files.DiscardAsync(content, cancellationToken);
                swept++;
            }
            else if (!await IsWantedAsync(content.Id, open, cancellationToken))
            {
                await files.DeleteAsync(content.Id, cancellationToken);
                swept++;
            }
        }

        return swept;
    }

    private async Task<bool> IsWantedAsync(string id, HashSet<string> open, CancellationToken cancellationToken) => BatchIds.BatchOfPart(id) is { } batch
        ? open.Contains(batch)
        : await store.FindAsync(RecordKind.File, id, cancellationToken) is not null || await catalogue.IsReadAsync(id, cancellationToken);

    [LoggerMessage(4103, LogLevel.Information, "Swept {Files} expired files, {Batches} batches long ended, and {Orphans} pieces that belonged to nobody")]
    private partial void LogSwept(int files, int batches, int orphans);
}
