namespace ChatModels.Providers;

/// <summary>A provider's answer: headers are there, the body is read as it comes. Disposing it before the end abandons the answer, also upstream.</summary>
public abstract class UpstreamReply : IAsyncDisposable
{
    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The body's media type, as the provider named it.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body's length in bytes, where the provider named it.</summary>
    public long? ContentLength { get; init; }

    /// <summary>How long the provider asks to wait before the next request.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's own id of the request, for its support.</summary>
    public string? RequestId { get; init; }

    /// <summary>The body. Read by one reader at a time.</summary>
    public required Stream Body { get; init; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
