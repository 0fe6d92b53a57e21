namespace ChatModels.Batches.Stores;

/// <summary>Where batches and the names of files are kept. Knows records, leases and lines; the protocol on top of it is the queue's.</summary>
/// <remarks>
/// Safe for any number of threads and processes. Every call ends within the store's own deadline; one that fails throws
/// <see cref="Registry.Stores.StoreUnavailableException"/>, and then a write may have been applied, or may be later. What several may try is written once:
/// the first one decides, and everybody else learns that they were not.
/// </remarks>
internal interface IBatchStore : ICatalogueStore, IChunkStore, IAsyncDisposable
{
    /// <summary>The batches that are not closed, oldest first.</summary>
    Task<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>Takes a batch off the list of open ones.</summary>
    Task CloseAsync(string batch, CancellationToken cancellationToken);

    /// <summary>What has happened to a batch so far.</summary>
    Task<IReadOnlyDictionary<BatchStep, ReadOnlyMemory<byte>>> ReadStepsAsync(string batch, CancellationToken cancellationToken);

    /// <summary>Notes a step; false when somebody has noted it before, in whatever words.</summary>
    Task<bool> TakeStepAsync(string batch, BatchStep step, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Keeps where the chunks of a batch begin; everybody who writes it writes the same.</summary>
    Task WriteLayoutAsync(string batch, ReadOnlyMemory<byte> layout, CancellationToken cancellationToken);

    /// <summary>Where the chunks of a batch begin; null before it was written and after the batch was swept.</summary>
    Task<ReadOnlyMemory<byte>?> ReadLayoutAsync(string batch, CancellationToken cancellationToken);

    /// <summary>Claims a unit of work for <paramref name="lifetime"/> by the store's clock; false while somebody has it.</summary>
    Task<bool> TryClaimAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Prolongs a claim; false when it is not the token's any more.</summary>
    Task<bool> TryRenewAsync(string batch, WorkUnit unit, string token, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Gives a claim back, if it is still the token's.</summary>
    Task ReleaseAsync(string batch, WorkUnit unit, string token, CancellationToken cancellationToken);

    /// <summary>Which of these chunks nobody has claimed now.</summary>
    Task<IReadOnlyList<int>> UnclaimedAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken);

    /// <summary>Deletes everything that a batch needed while it was worked on, and with <paramref name="everything"/> its steps too.</summary>
    Task SweepAsync(string batch, int chunks, bool everything, CancellationToken cancellationToken);

    /// <summary>How fast models may be called by the fleet, as the last one said who knew.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadPacesAsync(CancellationToken cancellationToken);

    /// <summary>Says how fast a model may be called; null: as fast as anybody likes.</summary>
    Task WritePaceAsync(string model, string? pace, CancellationToken cancellationToken);
}

/// <summary>The lines of a batch, in chunks.</summary>
internal interface IChunkStore
{
    /// <summary>What is known of a chunk.</summary>
    Task<ChunkStanding> ReadChunkAsync(string batch, int chunk, CancellationToken cancellationToken);

    /// <summary>Notes that lines are being tried, or with what they were tried before.</summary>
    Task MarkAsync(string batch, int chunk, IReadOnlyList<LineMark> marks, CancellationToken cancellationToken);

    /// <summary>Keeps a line's result; false when it has one.</summary>
    Task<bool> AnswerAsync(string batch, int chunk, int line, ReadOnlyMemory<byte> record, CancellationToken cancellationToken);

    /// <summary>The results of a chunk so far, by line.</summary>
    Task<IReadOnlyDictionary<int, ReadOnlyMemory<byte>>> ReadAnswersAsync(string batch, int chunk, CancellationToken cancellationToken);

    /// <summary>How many results each of these chunks has.</summary>
    Task<IReadOnlyList<int>> CountAnswersAsync(string batch, IReadOnlyList<int> chunks, CancellationToken cancellationToken);

    /// <summary>Says that a chunk's results are all in its part; false when somebody has said so before.</summary>
    Task<bool> SealAsync(string batch, int chunk, string seal, CancellationToken cancellationToken);

    /// <summary>The seals of a batch, by chunk.</summary>
    Task<IReadOnlyDictionary<int, string>> ReadSealsAsync(string batch, CancellationToken cancellationToken);

    /// <summary>Deletes a chunk's results and marks; it must be sealed.</summary>
    Task DropChunkAsync(string batch, int chunk, CancellationToken cancellationToken);
}

/// <summary>Files and batches by id, in the order of their creation.</summary>
internal interface ICatalogueStore
{
    /// <summary>Enters something; false when the id is there. A batch is open from then on.</summary>
    Task<bool> AddAsync(RecordKind kind, CatalogueEntry entry, CancellationToken cancellationToken);

    /// <summary>Enters a file that came out of a batch, unless it is there; false when the batch is not open any more, and then nothing is entered.</summary>
    Task<bool> AddResultAsync(string batch, CatalogueEntry file, CancellationToken cancellationToken);

    /// <summary>One record; null where there is none.</summary>
    Task<ReadOnlyMemory<byte>?> FindAsync(RecordKind kind, string id, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="count"/> records behind <paramref name="after"/>; null when there is no such id to come after.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>?> PageAsync(RecordKind kind, string? after, int count, bool newestFirst, CancellationToken cancellationToken);

    /// <summary>How many there are.</summary>
    Task<int> CountAsync(RecordKind kind, CancellationToken cancellationToken);

    /// <summary>Takes something out; false when it was not there.</summary>
    Task<bool> RemoveAsync(RecordKind kind, string id, CancellationToken cancellationToken);

    /// <summary>From when on something has expired.</summary>
    Task SetExpiryAsync(RecordKind kind, string id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="count"/> ids of what has expired by then.</summary>
    Task<IReadOnlyList<string>> ListExpiredAsync(RecordKind kind, DateTimeOffset by, int count, CancellationToken cancellationToken);
}

/// <summary>What the catalogue lists.</summary>
internal enum RecordKind
{
    File,
    Batch,
}

/// <summary>Something to be entered.</summary>
internal sealed record CatalogueEntry(string Id, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, ReadOnlyMemory<byte> Record)
{
    /// <summary>Its place in the lists: when it was created, in Unix microseconds, which a score (a double) holds exactly. Within a millisecond a client can upload two files, and expects them in that order.</summary>
    public long Place => (CreatedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

/// <summary>What can happen to a batch, each once.</summary>
internal enum BatchStep
{
    /// <summary>The input was found good: how many lines there are.</summary>
    Started,

    /// <summary>What is to become of the batch: done, cancelled, expired or failed. Whoever says it first decides.</summary>
    Closing,

    /// <summary>The results can be had.</summary>
    Ended,
}

/// <summary>Something that one worker at a time does.</summary>
internal readonly record struct WorkUnit(int Chunk)
{
    /// <summary>Reading the input for the first time.</summary>
    public static readonly WorkUnit Validation = new(-1);

    /// <summary>Putting the results together.</summary>
    public static readonly WorkUnit Finishing = new(-2);
}

/// <summary>What is known of a chunk: whether it is sealed, which lines have a result, and which were tried by whom.</summary>
internal sealed record ChunkStanding(bool IsSealed, IReadOnlySet<int> Answered, IReadOnlyDictionary<int, string> Marks);

/// <summary>A line that is tried: how many workers were lost with it before, and who tries it now.</summary>
internal readonly record struct LineMark(int Line, int Lost, string? Token)
{
    public string Value => $"{Lost}:{Token}";

    /// <summary>How many workers were lost with a line, as the marks of another worker show: one that still stands there as trying it is one of them.</summary>
    public static int LostBefore(string value, string token) =>
        value.Split(':', 2) is [var lost, var holder] && int.TryParse(lost, out var count) ? count + (holder.Length > 0 && holder != token ? 1 : 0) : 0;
}
