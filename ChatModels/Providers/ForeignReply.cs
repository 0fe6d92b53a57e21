namespace ChatModels.Providers;

/// <summary>The answer of a provider whose code is not ours: what goes wrong while it is read, or let go, is the provider's failure too.</summary>
internal sealed class ForeignReply : UpstreamReply
{
    private readonly UpstreamReply _original;
    private readonly Action<Exception> _report;

    private ForeignReply(UpstreamReply original, Action<Exception> report) => (_original, _report) = (original, report);

    public static ForeignReply Of(UpstreamReply original, Action<Exception> report) => new(original, report)
    {
        Status = original.Status,
        ContentType = original.ContentType,
        ContentLength = original.ContentLength,
        RetryAfter = original.RetryAfter,
        RequestId = original.RequestId,
        Body = new ForeignStream(original.Body, report),
    };

    public override async ValueTask DisposeAsync()
    {
        await SocketThreads.LeaveAsync();
        try
        {
            await _original.DisposeAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _report(exception); // The answer has gone out: nobody can be told any more.
        }
    }

    private sealed class ForeignStream(Stream inner, Action<Exception> report) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await SocketThreads.LeaveAsync();
            try
            {
                var read = await inner.ReadAsync(buffer, cancellationToken);
                return read >= 0 && read <= buffer.Length ? read : throw new InvalidOperationException($"The body says that it wrote {read} bytes into a buffer of {buffer.Length}.");
            }
            catch (Exception exception) when (!ForeignProvider.IsContract(exception))
            {
                report(exception);
                throw new IOException($"The body threw {exception.GetType().Name}.", exception);
            }
        }
    }
}
