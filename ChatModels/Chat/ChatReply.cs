namespace ChatModels.Chat;

/// <summary>The chat path's answer to one request. Whoever got it disposes it; disposing it before its end abandons the upstream call.</summary>
/// <remarks>Used by one reader at a time.</remarks>
public abstract class ChatReply : IAsyncDisposable
{
    /// <summary>Why there is no answer; null when there is one.</summary>
    public ChatFailure? Failure { get; protected init; }

    /// <summary>Whether the answer is a stream of server-sent events, to be flushed read by read.</summary>
    public bool IsStream { get; protected init; }

    /// <summary>The answer's length in bytes, where it is known: then the first read returns it whole.</summary>
    public long? Length { get; protected init; }

    /// <summary>Why a stream broke off after it had begun; null while it runs and after a good end. Its last event says the same in band.</summary>
    public virtual ChatFailure? BrokenOff => null;

    /// <summary>Whether a connection may still be reading the request's bytes: then whoever owns them must not use them for something else.</summary>
    public abstract bool HoldsRequest { get; }

    /// <summary>Whether nothing follows what was read last: known of most streams, so that their end can go out together with it.</summary>
    public virtual bool IsLast => false;

    /// <summary>How the answer came about.</summary>
    public required ChatRoute Route { get; init; }

    /// <summary>What the answer costs by the model's prices, where that is known before it goes out: never of a stream.</summary>
    public virtual decimal? Cost => null;

    /// <summary>The next bytes to pass on; empty at the end. They are valid until the next read.</summary>
    /// <remarks>A stream that fails midway ends with an error event in band. Any other answer that breaks off midway throws <see cref="IOException"/>: the connection has to be aborted.</remarks>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>How an answer came about.</summary>
/// <param name="Revision">The registry's revision that served the request; 0 before the first load.</param>
/// <param name="Attempts">Calls made upstream.</param>
/// <param name="Deployment"><c>provider/upstream-model</c> of the last attempt; null when none was made.</param>
public sealed record ChatRoute(long Revision, int Attempts, string? Deployment)
{
    /// <summary>The model that stood in for the one asked for, at the last attempt; null where none did.</summary>
    public string? FallbackModel { get; init; }
}
