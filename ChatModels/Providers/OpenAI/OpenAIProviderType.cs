namespace ChatModels.Providers.OpenAI;

/// <summary>The type <c>openai</c>: any endpoint that speaks OpenAI's wire format, passed through.</summary>
internal static class OpenAIProviderType
{
    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "openai",
        Description = "Any OpenAI-compatible endpoint (OpenAI, vLLM, Mistral, Groq, DeepSeek, OpenRouter, Gemini ...): requests and answers pass through untouched.",
        Capabilities = ModelCapabilities.All,
        Operations = [UpstreamOperation.ChatCompletions, UpstreamOperation.Embeddings],
        TelemetryName = "openai",
        DefaultEndpoint = new Uri("https://api.openai.com/v1"),
        Endpoint = FieldUse.Optional,
        ApiKey = FieldUse.Optional,
        Presets = OpenAIPresets.All,
        Options = [ProviderPresets.Spec(OpenAIPresets.All), TranslationOptions.DropUnsupported],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IChatProvider>(OpenAIProvider.Create(options, services, new BasePathAddresses(Metadata.EndpointOf(options)!)));
    }
}
