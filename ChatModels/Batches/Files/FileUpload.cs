namespace ChatModels.Batches.Files;

/// <summary>A file on its way in. Disposed without having been completed, it leaves nothing behind.</summary>
internal sealed class FileUpload(string id, IFileWriter writer, long mostBytes) : IAsyncDisposable
{
    public string Id => id;

    public long Bytes { get; private set; }

    public long MostBytes => mostBytes;

    public bool IsTooLarge => Bytes > mostBytes;

    /// <summary>Takes more bytes; what is over the limit is counted, not kept.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Bytes += bytes.Length;
        if (!IsTooLarge)
        {
            await writer.WriteAsync(bytes, cancellationToken);
        }
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => writer.CompleteAsync(cancellationToken);

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
