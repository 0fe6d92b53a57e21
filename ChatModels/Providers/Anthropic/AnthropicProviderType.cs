using ChatModels.Providers.Http;

namespace ChatModels.Providers.Anthropic;

/// <summary>The type <c>anthropic</c>: Anthropic's Messages API. Messages requests pass through; chat completions are translated by the chat path.</summary>
internal static class AnthropicProviderType
{
    // https://platform.claude.com/docs/en/api/versioning
    private const string Version = "2023-06-01";

    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "anthropic",
        Description = "Anthropic's Messages API: /v1/messages and its count_tokens pass through untouched, /v1/chat/completions is translated.",
        Capabilities = [ModelCapabilities.Chat, ModelCapabilities.Streaming, ModelCapabilities.Tools, ModelCapabilities.Vision, ModelCapabilities.Reasoning, ModelCapabilities.StructuredOutput],
        Operations = [UpstreamOperation.Messages, UpstreamOperation.CountTokens],
        TelemetryName = "anthropic",
        DefaultEndpoint = new Uri("https://api.anthropic.com"),
        Options =
        [
            new() { Name = "version", Kind = OptionKind.Text, Description = $"The header anthropic-version; {Version} where absent. A client's own stands in its place." },
            new() { Name = "beta", Kind = OptionKind.Text, Description = "The header anthropic-beta: features to switch on, with commas between; none where absent. A client's own stands in its place." },
            TranslationOptions.DropUnsupported,
            TranslationOptions.Thinking,
        ],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var endpoint = options.Endpoint ?? Metadata.DefaultEndpoint!;
        var headers = new RequestHeaders(options, "x-api-key", "", Own(options));
        return ValueTask.FromResult<IChatProvider>(new AnthropicProvider(endpoint, HttpConnections.Create(endpoint, headers, services)));
    }

    private static IEnumerable<(string Name, string Value)> Own(ProviderOptions options)
    {
        yield return ("anthropic-version", options.Values.ReadText("version") ?? Version);
        if (options.Values.ReadText("beta") is { Length: > 0 } beta)
        {
            yield return ("anthropic-beta", beta);
        }
    }
}
