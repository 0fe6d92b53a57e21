using ChatModels.Providers.Http;

namespace ChatModels.Providers.OpenAI;

/// <summary>A live connection to one OpenAI-compatible endpoint. Bytes pass both ways as they are.</summary>
internal sealed class OpenAIProvider(OpenAIAddresses addresses, HttpConnections connections) : IChatProvider
{
    /// <summary>A provider of any type that speaks this wire format.</summary>
    public static OpenAIProvider Create(ProviderOptions options, ProviderServices services, OpenAIAddresses addresses) =>
        new(addresses, HttpConnections.Create(addresses.Health, new RequestHeaders(options), services));

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) =>
        connections.PostAsync(addresses.Of(request), request, cancellationToken);

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => connections.CheckModelListAsync(addresses.Health, cancellationToken);

    /// <summary>What stands at an address; null when nothing came of it, or more than <paramref name="limit"/> bytes.</summary>
    public ValueTask<byte[]?> TryGetAsync(Uri address, int limit, CancellationToken cancellationToken) => connections.TryGetAsync(address, limit, cancellationToken);

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return ValueTask.CompletedTask;
    }
}
