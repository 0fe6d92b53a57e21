using System.Text.Json;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Options;

namespace ChatModels.Batches.Files;

/// <summary>The files that there are: uploads them, lists them, opens them, deletes them.</summary>
internal sealed class FileCatalogue(IBatchStore store, IFileStore files, IOptions<FileStoreOptions> options, TimeProvider time, Chance chance)
{
    private const int MostInOnePage = 1_000;

    /// <summary>Begins an upload; null when there are too many files.</summary>
    public async Task<FileUpload?> BeginAsync(CancellationToken cancellationToken)
    {
        if (await store.CountAsync(RecordKind.File, cancellationToken) >= options.Value.MaxFiles)
        {
            return null;
        }

        var id = BatchIds.NewFile(chance);
        return new FileUpload(id, await files.CreateAsync(id, cancellationToken), options.Value.MaxFileBytes);
    }

    /// <summary>Ends an upload: from now on the file is there.</summary>
    public async Task<FileRecord> FinishAsync(FileUpload upload, string filename, string purpose, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        await upload.CompleteAsync(cancellationToken);
        var now = time.GetUtcNow();
        var record = new FileRecord { Id = upload.Id, Bytes = upload.Bytes, CreatedAt = now, ExpiresAt = now + (lifetime ?? options.Value.Lifetime), Filename = filename, Purpose = purpose };
        await store.AddAsync(RecordKind.File, Entry(record), cancellationToken);
        return record;
    }

    /// <summary>Enters a file that a batch made, and whose bytes are there, unless it was entered before; false when the batch is closed: then the file belongs to nobody.</summary>
    public Task<bool> AddResultAsync(string batch, FileRecord record, CancellationToken cancellationToken) => store.AddResultAsync(batch, Entry(record), cancellationToken);

    /// <summary>One file; null when there is none of that id, or its time is over.</summary>
    public async Task<FileRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        FileIds.IsValid(id) && await store.FindAsync(RecordKind.File, id, cancellationToken) is { } record && Read(record) is var file && IsAlive(file) ? file : null;

    /// <summary>A page of the list and whether there is more; null when <paramref name="after"/> names nothing.</summary>
    public async Task<FilePage?> ListAsync(string? after, int limit, bool newestFirst, string? purpose, CancellationToken cancellationToken)
    {
        List<FileRecord> found = [];
        while (found.Count <= limit)
        {
            if (await store.PageAsync(RecordKind.File, after, MostInOnePage, newestFirst, cancellationToken) is not { } page)
            {
                return found is [] ? null : new FilePage(found, HasMore: false); // What we came after was deleted while we read on.
            }

            var records = page.Select(Read).ToList();
            found.AddRange(records.Where(file => IsAlive(file) && (purpose is null || file.Purpose == purpose)));
            if (page.Count < MostInOnePage)
            {
                break;
            }

            after = records[^1].Id;
        }

        return new FilePage([.. found.Take(limit)], found.Count > limit);
    }

    /// <summary>The bytes; null where there are none.</summary>
    public Task<Stream?> OpenAsync(string id, CancellationToken cancellationToken) => files.OpenAsync(id, cancellationToken);

    /// <summary>Deletes a file. Its bytes stay for as long as a batch still reads them.</summary>
    public async Task<FileDeletion> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (!FileIds.IsValid(id))
        {
            return FileDeletion.NotFound;
        }

        // Whoever finishes the batch might enter it again; nobody can once the batch is closed.
        if ((await store.ListOpenAsync(cancellationToken)).Any(batch => id == BatchIds.OutputFile(batch) || id == BatchIds.ErrorFile(batch)))
        {
            return FileDeletion.StillMade;
        }

        if (!await store.RemoveAsync(RecordKind.File, id, cancellationToken))
        {
            return FileDeletion.NotFound;
        }

        try
        {
            if (!await IsReadAsync(id, cancellationToken))
            {
                await files.DeleteAsync(id, cancellationToken);
            }
        }
        catch (StoreUnavailableException)
        {
            // The file is gone for everybody; the sweeper finds bytes that belong to nobody.
        }

        return FileDeletion.Deleted;
    }

    /// <summary>How much room is left.</summary>
    public async Task<long> FreeBytesAsync(CancellationToken cancellationToken) => files.Capacity - (await files.ListAsync(cancellationToken)).Sum(content => content.Bytes);

    /// <summary>Whether an open batch has the file as its input.</summary>
    public async Task<bool> IsReadAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var batch in await store.ListOpenAsync(cancellationToken))
        {
            if (await store.FindAsync(RecordKind.Batch, batch, cancellationToken) is { } record
                && JsonSerializer.Deserialize(record.Span, BatchJson.Default.BatchRecord)!.InputFile == id)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsAlive(FileRecord file) => file.ExpiresAt is not { } expires || expires > time.GetUtcNow();

    private static CatalogueEntry Entry(FileRecord record) => new(record.Id, record.CreatedAt, record.ExpiresAt, JsonSerializer.SerializeToUtf8Bytes(record, BatchJson.Default.FileRecord));

    private static FileRecord Read(ReadOnlyMemory<byte> record) => JsonSerializer.Deserialize(record.Span, BatchJson.Default.FileRecord)!;
}

/// <summary>A part of the list of files.</summary>
internal sealed record FilePage(IReadOnlyList<FileRecord> Files, bool HasMore);

/// <summary>What became of the wish to delete a file.</summary>
internal enum FileDeletion
{
    Deleted,

    /// <summary>There is none.</summary>
    NotFound,

    /// <summary>It comes out of a batch that is being finished; it can be deleted a moment later.</summary>
    StillMade,
}
