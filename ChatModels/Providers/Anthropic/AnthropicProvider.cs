using ChatModels.Providers.Http;

namespace ChatModels.Providers.Anthropic;

/// <summary>A live connection to one endpoint of Anthropic's Messages API. Bytes pass both ways as they are.</summary>
internal sealed class AnthropicProvider(Uri endpoint, HttpConnections connections) : IChatProvider
{
    private readonly Uri _messages = ProviderEndpoint.Append(endpoint, "v1/messages");
    private readonly Uri _models = ProviderEndpoint.Append(endpoint, "v1/models");

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) =>
        request.Operation is UpstreamOperation.Messages
            ? connections.PostAsync(_messages, request, cancellationToken)
            : throw new NotSupportedException($"Anthropic's API does not serve {request.Operation}.");

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => connections.CheckModelListAsync(_models, cancellationToken);

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return ValueTask.CompletedTask;
    }
}
