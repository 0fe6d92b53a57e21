namespace ChatModels.Providers;

/// <summary>A live connection to one provider: sends requests in the protocol of its type.</summary>
/// <remarks>
/// Used by any number of threads at once, and disposed only after its last request has ended. It does not retry, fail over, log or measure:
/// the chat path does that once, above all of them.
/// </remarks>
public interface IChatProvider : IAsyncDisposable
{
    /// <summary>Sends one request and returns as soon as the answer's headers are there, whatever its status.</summary>
    /// <remarks>
    /// Throws <see cref="HttpRequestException"/> or <see cref="IOException"/> when no answer came, <see cref="ChatModelsException"/> for what the type knows better.
    /// Cancelling <paramref name="cancellationToken"/> abandons the request at once, also upstream.
    /// </remarks>
    ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken);

    /// <summary>Asks whether the provider answers, without a request that is billed. Reads only.</summary>
    ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken);
}
