using ChatModels.Providers.OpenAI;

namespace ChatModels.Providers.Ollama;

/// <summary>The type <c>ollama</c>: chat and embeddings through its OpenAI-compatible endpoint, health and model list through its own.</summary>
internal static class OllamaProviderType
{
    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "ollama",
        Description = "An Ollama server, through its OpenAI-compatible endpoint; its health check also lists the models that it has pulled.",
        Capabilities = ModelCapabilities.All,
        Operations = [UpstreamOperation.ChatCompletions, UpstreamOperation.Embeddings],
        TelemetryName = "ollama",
        DefaultEndpoint = new Uri("http://localhost:11434"),
        Endpoint = FieldUse.Optional,
        ApiKey = FieldUse.Optional,
        Options = [TranslationOptions.DropUnsupported],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var endpoint = Metadata.EndpointOf(options)!;
        var addresses = new BasePathAddresses(ProviderEndpoint.Append(endpoint, "v1"), health: ProviderEndpoint.Append(endpoint, "api/version"));
        var provider = OpenAIProvider.Create(options, services, addresses);
        return ValueTask.FromResult<IChatProvider>(new OllamaProvider(provider, ProviderEndpoint.Append(endpoint, "api/tags")));
    }
}
