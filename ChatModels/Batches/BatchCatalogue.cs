using System.Diagnostics;
using System.Text.Json;
using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using Microsoft.Extensions.Options;

namespace ChatModels.Batches;

/// <summary>The batches that there are: creates them, lists them, tells how they stand, cancels them. Running them is the workers' business.</summary>
internal sealed class BatchCatalogue(IBatchStore store, FileCatalogue files, IOptions<BatchOptions> options, TimeProvider time, Chance chance)
{
    // Results are kept twice for the moment in which they are put together. A batch that finds no room then waits until there is.
    private const int ResultsPerInput = 2;
    private const int MostUnsealedCounted = 64;

    /// <summary>Creates a batch. Its input is looked at by a worker, not here.</summary>
    public async Task<BatchCreation> CreateAsync(BatchRequest request, CancellationToken cancellationToken)
    {
        if (await files.FindAsync(request.InputFile, cancellationToken) is not { } input)
        {
            return new BatchCreation(BatchRefusal.NoSuchFile, null);
        }

        if (input.Purpose != FilePurposes.Batch)
        {
            return new BatchCreation(BatchRefusal.WrongPurpose, null);
        }

        if ((await store.ListOpenAsync(cancellationToken)).Count >= options.Value.MaxOpen)
        {
            return new BatchCreation(BatchRefusal.TooManyOpen, null);
        }

        if (await files.FreeBytesAsync(cancellationToken) < ResultsPerInput * input.Bytes)
        {
            return new BatchCreation(BatchRefusal.NoRoom, null);
        }

        var now = time.GetUtcNow();
        var record = new BatchRecord
        {
            Id = BatchIds.NewBatch(chance),
            InputFile = request.InputFile,
            Endpoint = request.Endpoint,
            Window = request.Window,
            CreatedAt = now,
            ExpiresAt = now + options.Value.Window,
            Metadata = request.Metadata,
            OutputLifetime = request.OutputLifetime,
            TraceParent = Activity.Current?.Id,
        };
        await store.AddAsync(RecordKind.Batch, new CatalogueEntry(record.Id, now, null, JsonSerializer.SerializeToUtf8Bytes(record, BatchJson.Default.BatchRecord)), cancellationToken);
        return new BatchCreation(null, new BatchState(record, null, null, null));
    }

    /// <summary>A batch as it stands; null where there is none.</summary>
    public async Task<BatchProgress?> FindAsync(string id, CancellationToken cancellationToken) =>
        await ReadRecordAsync(id, cancellationToken) is { } record ? await ProgressAsync(await BatchState.ReadAsync(store, record, cancellationToken), cancellationToken) : null;

    /// <summary>A page of the list, the newest first, and whether there is more; null when <paramref name="after"/> names nothing.</summary>
    public async Task<(IReadOnlyList<BatchProgress> Batches, bool HasMore)?> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        if (await store.PageAsync(RecordKind.Batch, after, limit + 1, newestFirst: true, cancellationToken) is not { } page)
        {
            return null;
        }

        List<BatchProgress> batches = [];
        foreach (var record in page.Take(limit))
        {
            var state = await BatchState.ReadAsync(store, Read(record), cancellationToken);
            batches.Add(await ProgressAsync(state, cancellationToken));
        }

        return (batches, page.Count > limit);
    }

    /// <summary>Cancels a batch; what has happened to it by then decides whether that is still possible.</summary>
    public async Task<BatchProgress?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (await ReadRecordAsync(id, cancellationToken) is not { } record)
        {
            return null;
        }

        var closing = new ClosingStep(time.GetUtcNow(), BatchClosing.Cancelled);
        await store.TakeStepAsync(id, BatchStep.Closing, JsonSerializer.SerializeToUtf8Bytes(closing, BatchJson.Default.ClosingStep), cancellationToken);
        return await ProgressAsync(await BatchState.ReadAsync(store, record, cancellationToken), cancellationToken);
    }

    /// <summary>How far a batch is. The counts are those of sealed chunks, so that they only ever grow; the lines answered in others are counted beside them.</summary>
    private async Task<BatchProgress> ProgressAsync(BatchState state, CancellationToken cancellationToken)
    {
        if (state.Ended is { } ended)
        {
            return new BatchProgress(state, ended.Completed, ended.Failed, ended.Completed + ended.Failed);
        }

        if (state.Started is not { } started || state.IsFinal)
        {
            return new BatchProgress(state, 0, 0, 0);
        }

        var seals = await store.ReadSealsAsync(state.Record.Id, cancellationToken);
        var (completed, failed) = seals.Values.Select(ChunkSeal.Parse).Aggregate((Completed: 0, Failed: 0), (sum, seal) => (sum.Completed + seal.Completed, sum.Failed + seal.Failed));
        var unsealed = Enumerable.Range(0, started.Chunks).Where(chunk => !seals.ContainsKey(chunk)).Take(MostUnsealedCounted).ToArray();
        var answered = unsealed is [] ? [] : await store.CountAnswersAsync(state.Record.Id, unsealed, cancellationToken);
        return new BatchProgress(state, completed, failed, completed + failed + answered.Sum());
    }

    private async Task<BatchRecord?> ReadRecordAsync(string id, CancellationToken cancellationToken) =>
        FileIds.IsValid(id) && await store.FindAsync(RecordKind.Batch, id, cancellationToken) is { } record ? Read(record) : null;

    private static BatchRecord Read(ReadOnlyMemory<byte> record) => JsonSerializer.Deserialize(record.Span, BatchJson.Default.BatchRecord)!;
}

/// <summary>What somebody wants to have run.</summary>
internal sealed record BatchRequest(string InputFile, string Endpoint, string Window, IReadOnlyDictionary<string, string>? Metadata, TimeSpan? OutputLifetime);

/// <summary>A new batch, or why there is none.</summary>
internal sealed record BatchCreation(BatchRefusal? Refusal, BatchState? Batch);

internal enum BatchRefusal
{
    NoSuchFile,
    WrongPurpose,
    TooManyOpen,
    NoRoom,
}

/// <summary>How far a batch is.</summary>
/// <param name="State">The batch.</param>
/// <param name="Completed">Lines with a good answer, in sealed chunks.</param>
/// <param name="Failed">Lines without one, in sealed chunks.</param>
/// <param name="Answered">All lines that have a result, sealed or not.</param>
internal sealed record BatchProgress(BatchState State, int Completed, int Failed, int Answered)
{
    public int Lines => State.Started?.Lines ?? 0;
}
