namespace ChatModels.Batches.Files;

/// <summary>Reads a file that is kept in chunks, from any position; holds one chunk.</summary>
internal sealed class ChunkedStream(long length, int chunkSize, Func<int, CancellationToken, Task<ReadOnlyMemory<byte>>> read) : Stream
{
    private ReadOnlyMemory<byte> _chunk;
    private int _index = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        var index = (int)(Position / chunkSize);
        if (index != _index)
        {
            _chunk = await read(index, cancellationToken);
            _index = index;
        }

        var rest = _chunk[(int)(Position % chunkSize)..];
        var taken = Math.Min(rest.Length, buffer.Length);
        rest[..taken].CopyTo(buffer);
        Position += taken;
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Files are read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("Files are read here, not written.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Files are read here, not written.");
}
