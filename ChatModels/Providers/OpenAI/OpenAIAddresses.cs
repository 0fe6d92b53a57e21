namespace ChatModels.Providers.OpenAI;

/// <summary>Where the requests of one provider go.</summary>
internal abstract class OpenAIAddresses
{
    /// <summary>Asked for to see whether the provider answers; costs nothing.</summary>
    public abstract Uri Health { get; }

    public abstract Uri Of(UpstreamRequest request);
}

/// <summary>One address for each operation, all under one base.</summary>
internal sealed class BasePathAddresses(Uri endpoint, Uri? health = null) : OpenAIAddresses
{
    private readonly Uri _chat = ProviderEndpoint.Append(endpoint, "chat/completions");
    private readonly Uri _embeddings = ProviderEndpoint.Append(endpoint, "embeddings");

    public override Uri Health { get; } = health ?? ProviderEndpoint.Append(endpoint, "models");

    public override Uri Of(UpstreamRequest request) => request.Operation is UpstreamOperation.Embeddings ? _embeddings : _chat;
}
