using ChatModels.Registry;
using ChatModels.Registry.Stores;

namespace ChatModels.Batches.Files;

/// <summary>Files in a directory: of this machine, or of a volume that every replica mounts at the same place.</summary>
/// <remarks>A file is written beside its name and renamed when it is complete and on disk: readers see all of it or nothing, whoever dies.</remarks>
internal sealed class DirectoryFileStore(string directory, long capacity, Chance chance) : IFileStore
{
    private const string Unfinished = ".tmp";
    private static readonly TimeSpan CountedFor = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _used;
    private long _counted;

    public long Capacity => capacity;

    public Task<IFileWriter> CreateAsync(string id, CancellationToken cancellationToken) => GuardAsync<IFileWriter>(() =>
    {
        Directory.CreateDirectory(directory);
        var path = PathOf(id);
        return new DirectoryFileWriter(this, $"{path}.{chance.NextId()}{Unfinished}", path);
    });

    public Task<Stream?> OpenAsync(string id, CancellationToken cancellationToken) => GuardAsync<Stream?>(() =>
    {
        try
        {
            return new FileStream(PathOf(id), new FileStreamOptions { Options = FileOptions.Asynchronous, BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => DeletePathAsync(PathOf(id));

    public Task<IReadOnlyList<StoredContent>> ListAsync(CancellationToken cancellationToken) => GuardAsync<IReadOnlyList<StoredContent>>(() =>
        Directory.Exists(directory) ? [.. new DirectoryInfo(directory).EnumerateFiles().Select(Describe).OfType<StoredContent>()] : []);

    public Task DiscardAsync(StoredContent content, CancellationToken cancellationToken) => DeletePathAsync($"{PathOf(content.Id)}.{content.Token}{Unfinished}");

    /// <summary>Notes bytes that are about to be written; throws when they don't fit. What other processes write is seen every few seconds.</summary>
    public void Reserve(int bytes)
    {
        lock (_lock)
        {
            if (_counted == 0 || Environment.TickCount64 - _counted > CountedFor.TotalMilliseconds)
            {
                _used = new DirectoryInfo(directory).EnumerateFiles().Sum(LengthOf);
                _counted = Environment.TickCount64;
            }

            _used = _used + bytes <= capacity ? _used + bytes : throw new FileStoreFullException(capacity);
        }
    }

    /// <summary>What goes wrong on a disk, or on a volume that is not there, is the store's trouble, and may pass.</summary>
    public static async Task GuardAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The directory of ChatModels:Files:Directory can't be used: {exception.Message}", exception);
        }
    }

    private static async Task<T> GuardAsync<T>(Func<T> act)
    {
        T? result = default;
        await GuardAsync(() =>
        {
            result = act();
            return Task.CompletedTask;
        });
        return result!;
    }

    private static Task DeletePathAsync(string path) => GuardAsync(() =>
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    });

    // Files come and go while they are listed.
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static StoredContent? Describe(FileInfo file) => file.Name.Split('.') switch
    {
        [var id] when FileIds.IsValid(id) => new StoredContent(id, null, LengthOf(file), file.LastWriteTimeUtc),
        [var id, var token, "tmp"] when FileIds.IsValid(id) => new StoredContent(id, token, LengthOf(file), file.LastWriteTimeUtc),
        _ => null, // Somebody else's.
    };

    private string PathOf(string id) => Path.Combine(directory, FileIds.Checked(id));
}

/// <summary>Writes one file of a directory.</summary>
internal sealed class DirectoryFileWriter(DirectoryFileStore store, string unfinished, string path) : IFileWriter
{
    private FileStream? _file = new(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0 });

    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        store.Reserve(bytes.Length);
        return DirectoryFileStore.GuardAsync(() => _file!.WriteAsync(bytes, cancellationToken).AsTask());
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => DirectoryFileStore.GuardAsync(async () =>
    {
        // The store of the batches is told next that the bytes are here; a machine that loses its power must not make that a lie.
        await Task.Run(() => _file!.Flush(flushToDisk: true), cancellationToken);
        await _file!.DisposeAsync();
        _file = null;
        File.Move(unfinished, path, overwrite: true);
    });

    public async ValueTask DisposeAsync()
    {
        if (_file is { } file)
        {
            _file = null;
            await file.DisposeAsync();
            File.Delete(unfinished);
        }
    }
}
