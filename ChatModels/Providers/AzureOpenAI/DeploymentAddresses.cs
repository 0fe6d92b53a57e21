using ChatModels.Providers.OpenAI;

namespace ChatModels.Providers.AzureOpenAI;

/// <summary>An address for each deployment: <c>{base}/deployments/{model}/chat/completions</c>.</summary>
internal sealed class DeploymentAddresses(Uri basis) : OpenAIAddresses
{
    public override Uri Health { get; } = ProviderEndpoint.Append(basis, "models");

    // Made anew each time: a wildcard model passes on names that clients make up, which no table may collect.
    public override Uri Of(UpstreamRequest request)
    {
        // A dot or two would be resolved as a path, escaped or not, and lead elsewhere.
        if (request.Model is "" or "." or "..")
        {
            throw new ChatModelsException("providers.send", ErrorCodes.UpstreamModelNotFound, ErrorCategory.Caller, $"'{request.Model}' can't be the name of a deployment.");
        }

        var operation = request.Operation is UpstreamOperation.Embeddings ? "embeddings" : "chat/completions";
        return ProviderEndpoint.Append(basis, $"deployments/{Uri.EscapeDataString(request.Model)}/{operation}");
    }
}
