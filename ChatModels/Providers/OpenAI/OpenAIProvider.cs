using ChatModels.Providers.Http;

namespace ChatModels.Providers.OpenAI;

/// <summary>A live connection to one OpenAI-compatible endpoint. Bytes pass both ways as they are.</summary>
internal sealed class OpenAIProvider(Uri endpoint, HttpConnections connections) : IChatProvider
{
    private readonly Uri _chat = ProviderEndpoint.Append(endpoint, "chat/completions");
    private readonly Uri _embeddings = ProviderEndpoint.Append(endpoint, "embeddings");
    private readonly Uri _models = ProviderEndpoint.Append(endpoint, "models");

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => connections.PostAsync(
        request.Operation switch
        {
            UpstreamOperation.ChatCompletions => _chat,
            UpstreamOperation.Embeddings => _embeddings,
            var other => throw new NotSupportedException($"An OpenAI-compatible endpoint does not serve {other}."),
        },
        request,
        cancellationToken);

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => connections.CheckModelListAsync(_models, cancellationToken);

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return ValueTask.CompletedTask;
    }
}
