using ChatModels.Providers.Http;

namespace ChatModels.Providers.OpenAI;

/// <summary>The type <c>openai</c>: any endpoint that speaks OpenAI's wire format, passed through.</summary>
internal static class OpenAIProviderType
{
    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "openai",
        Description = "Any OpenAI-compatible endpoint (OpenAI, vLLM, Mistral, Groq, DeepSeek, OpenRouter ...): requests and answers pass through untouched.",
        Capabilities = ModelCapabilities.All,
        TelemetryName = "openai",
        DefaultEndpoint = new Uri("https://api.openai.com/v1"),
        Endpoint = FieldUse.Optional,
        ApiKey = FieldUse.Optional,
        Options = [TranslationOptions.DropUnsupported],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var endpoint = options.Endpoint ?? Metadata.DefaultEndpoint!;
        var connections = HttpConnections.Create(endpoint, new RequestHeaders(options), services);
        return ValueTask.FromResult<IChatProvider>(new OpenAIProvider(endpoint, connections));
    }
}
