namespace ChatModels.Providers.Simulator;

/// <summary>The body of a streamed answer, written as it is read: frames that are due fill the reader's buffer, and only one that is not due is waited for.</summary>
/// <remarks>Nothing runs between reads, so an answer that nobody reads costs nothing, and memory does not grow with it.</remarks>
internal sealed class SimulatorStream(SimulatedAnswer answer, Pace pace) : Stream
{
    private readonly SimulatorFrames _frames = new(answer);
    private ReadOnlyMemory<byte> _pending;
    private int _position;
    private int _token;
    private State _state;

    private enum State
    {
        Beginning,
        Speaking,
        Ended,
    }

    public string Key => answer.Key;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = Fill(buffer.Span);
        return count > 0 || buffer.IsEmpty || _state is State.Ended ? new(count) : WaitAndFillAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _state = State.Ended;
        _pending = default;
        _frames.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> WaitAndFillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await pace.WaitAsync(_token, cancellationToken);
        return Fill(buffer.Span);
    }

    private int Fill(Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length && (!_pending.IsEmpty || TryWriteNext()))
        {
            var count = Math.Min(_pending.Length, buffer.Length - filled);
            _pending.Span[..count].CopyTo(buffer[filled..]);
            _pending = _pending[count..];
            filled += count;
        }

        return filled;
    }

    /// <summary>Writes the next frames; false when they are not due, or the stream has ended.</summary>
    private bool TryWriteNext()
    {
        if (_state is State.Ended || (_position < answer.Text.Length && !pace.IsDue(_token)) || (_state is State.Beginning && !pace.IsDue(0)))
        {
            return false;
        }

        _frames.Clear();
        WriteDue();
        _pending = _frames.Written;
        return true;
    }

    private void WriteDue()
    {
        if (_state is State.Beginning)
        {
            _frames.WriteRole();
            _state = State.Speaking;
        }
        else if (_position < answer.Text.Length)
        {
            var end = _position + SimulatorTokens.LengthOfFirst(answer.Text.AsSpan(_position));
            _frames.WriteText(_position..end);
            _position = end;
            _token++;
        }
        else
        {
            _frames.WriteEnd();
            _state = State.Ended;
        }
    }
}
