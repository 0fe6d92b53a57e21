using ChatModels.Providers.Http;

namespace ChatModels.Providers.Anthropic;

/// <summary>A live connection to one endpoint of Anthropic's Messages API. Bytes pass both ways as they are.</summary>
internal sealed class AnthropicProvider(Uri endpoint, HttpConnections connections) : IChatProvider
{
    private readonly Uri _messages = Address(endpoint, "messages");
    private readonly Uri _countTokens = Address(endpoint, "messages/count_tokens");
    private readonly Uri _models = Address(endpoint, "models");

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) =>
        connections.PostAsync(AddressOf(request.Operation), request, cancellationToken);

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => connections.CheckModelListAsync(_models, cancellationToken);

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private Uri AddressOf(UpstreamOperation operation) => operation switch
    {
        UpstreamOperation.Messages => _messages,
        UpstreamOperation.CountTokens => _countTokens,
        _ => throw new NotSupportedException($"Anthropic's API does not serve {operation}."),
    };

    // Other types' endpoints end in /v1, so this one is given with it too.
    private static Uri Address(Uri endpoint, string path) =>
        ProviderEndpoint.Append(endpoint, endpoint.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal) ? path : $"v1/{path}");
}
