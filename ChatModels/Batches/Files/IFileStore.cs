namespace ChatModels.Batches.Files;

/// <summary>Where the bytes of files are kept. What a file is called and how long it lives stands in the catalogue, not here.</summary>
/// <remarks>
/// Safe for any number of threads and processes. Every call ends within the store's own deadline: a store that can't be used throws
/// <see cref="Registry.Stores.StoreUnavailableException"/>, one that is full <see cref="FileStoreFullException"/>.
/// </remarks>
internal interface IFileStore
{
    /// <summary>How many bytes fit in all.</summary>
    long Capacity { get; }

    /// <summary>A place to write to. Nothing is visible under <paramref name="id"/> until the writer is completed; then all of it, in place of what was there.</summary>
    Task<IFileWriter> CreateAsync(string id, CancellationToken cancellationToken);

    /// <summary>The bytes, readable from any position; null where there are none. Whoever got the stream disposes it.</summary>
    Task<Stream?> OpenAsync(string id, CancellationToken cancellationToken);

    /// <summary>Deletes the bytes, if there are any.</summary>
    Task DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>Everything that takes up room, also what was begun and never completed.</summary>
    Task<IReadOnlyList<StoredContent>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Deletes something that was begun and never completed.</summary>
    Task DiscardAsync(StoredContent content, CancellationToken cancellationToken);
}

/// <summary>Writes one file. Disposed without having been completed, it leaves nothing behind.</summary>
internal interface IFileWriter : IAsyncDisposable
{
    /// <summary>Appends; returns when the bytes have been taken, so that a slow store slows its writer down.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes the file visible as a whole.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);
}

/// <summary>What takes up room in a file store.</summary>
/// <param name="Id">The file's id.</param>
/// <param name="Token">Which writer began it, while it is not complete; null when it is.</param>
/// <param name="Bytes">How much.</param>
/// <param name="Touched">When it was last written to.</param>
internal sealed record StoredContent(string Id, string? Token, long Bytes, DateTimeOffset Touched);

/// <summary>There is no room for more bytes.</summary>
internal sealed class FileStoreFullException(long capacity)
    : Exception($"The file store holds at most {capacity} bytes and is full; delete files, wait until they expire, or raise ChatModels:Files:MaxBytes.");
