using ChatModels.Providers.OpenAI;

namespace ChatModels.Providers.AzureOpenAI;

/// <summary>The type <c>azure-openai</c>: OpenAI's wire format at the addresses of an Azure OpenAI resource, with its header for the key. A model's upstream id is the deployment's name.</summary>
internal static class AzureOpenAIProviderType
{
    /// <summary>The newest version of the inference API that is not a preview.</summary>
    private const string DefaultVersion = "2024-10-21";

    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "azure-openai",
        Description = "An Azure OpenAI resource: endpoint https://NAME.openai.azure.com; a model's upstream id is the name of its deployment there.",
        Capabilities = ModelCapabilities.All,
        Operations = [UpstreamOperation.ChatCompletions, UpstreamOperation.Embeddings],
        TelemetryName = "azure.ai.openai",
        Endpoint = FieldUse.Required,
        ApiKey = FieldUse.Optional,
        Options =
        [
            new()
            {
                Name = "paths", Kind = OptionKind.Text, Allowed = ["deployments", "v1"],
                Description = "Which addresses are used: openai/deployments/NAME/... (deployments, the default), or openai/v1/... (v1), which needs no apiVersion.",
            },
            new()
            {
                Name = "apiVersion", Kind = OptionKind.Text,
                Description = $"The api-version of every request; where absent {DefaultVersion} for the paths 'deployments' and none for 'v1'.",
            },
            TranslationOptions.DropUnsupported,
        ],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var version = options.Values.ReadText("apiVersion");
        OpenAIAddresses addresses = options.Values.ReadText("paths") == "v1"
            ? new BasePathAddresses(Versioned(ProviderEndpoint.Append(options.Endpoint!, "openai/v1"), version))
            : new DeploymentAddresses(Versioned(ProviderEndpoint.Append(options.Endpoint!, "openai"), version ?? DefaultVersion));
        return ValueTask.FromResult<IChatProvider>(OpenAIProvider.Create(WithKeyHeader(options), services, addresses));
    }

    // A header that is configured by that name stands in the key's place, as one named authorization does (Entra ID).
    private static ProviderOptions WithKeyHeader(ProviderOptions options)
    {
        if (options.ApiKey is null)
        {
            return options;
        }

        var headers = new Dictionary<string, HeaderSource>(StringComparer.OrdinalIgnoreCase) { ["api-key"] = new(null, options.ApiKey) };
        foreach (var (name, source) in options.Headers)
        {
            headers[name] = source;
        }

        return options with { ApiKey = null, Headers = headers };
    }

    private static Uri Versioned(Uri address, string? version)
    {
        if (string.IsNullOrEmpty(version) || address.Query.Contains("api-version=", StringComparison.Ordinal))
        {
            return address;
        }

        var separator = address.Query.Length > 1 ? $"{address.Query}&" : "?";
        return new UriBuilder(address) { Query = $"{separator}api-version={Uri.EscapeDataString(version)}" }.Uri;
    }
}
