using System.Buffers;
using System.Runtime.CompilerServices;

namespace ChatModels.Chat;

/// <summary>The first part of an answer, read into a pooled buffer.</summary>
internal sealed class PooledBuffer(int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Reads until the stream ends (true) or <paramref name="limit"/> bytes are there (false).</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        while (_length < limit)
        {
            if (_length == _buffer.Length)
            {
                Grow();
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_length, int.Min(_buffer.Length, limit) - _length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return true;
            }

            _length += read;
        }

        return false;
    }

    /// <summary>Forgets what was read, and reads the next part in its place; false at the end of the stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> RefillAsync(Stream stream, CancellationToken cancellationToken)
    {
        _length = await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        return _length > 0;
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Memory.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
