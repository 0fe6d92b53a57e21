namespace ChatModels.Providers.OpenAI;

/// <summary>A live connection to one OpenAI-compatible endpoint. Bytes pass both ways as they are.</summary>
internal sealed class OpenAIProvider(Uri endpoint, RequestHeaders headers, HttpMessageInvoker connections, TimeProvider time) : IChatProvider
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(10);
    private readonly Uri _chat = ProviderEndpoint.Append(endpoint, "chat/completions");
    private readonly Uri _embeddings = ProviderEndpoint.Append(endpoint, "embeddings");
    private readonly Uri _models = ProviderEndpoint.Append(endpoint, "models");

    // Over http only 1.1 is spoken; over anything else TLS negotiates the best that both ends have.
    private readonly HttpVersionPolicy _versionPolicy =
        endpoint.Scheme == Uri.UriSchemeHttp ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionOrHigher;

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var message = MessageTo(HttpMethod.Post, request.Operation is UpstreamOperation.Embeddings ? _embeddings : _chat);
        message.Content = new JsonBodyContent(request.Body);
        if (request.Stream)
        {
            message.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        }

        return OpenAIReply.Of(await connections.SendAsync(message, cancellationToken), time);
    }

    public async ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(HealthTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var message = MessageTo(HttpMethod.Get, _models);
            using var response = await connections.SendAsync(message, stop.Token);
            return OpenAIHealth.Of((int)response.StatusCode);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ProviderHealth(false, $"It did not answer within {HealthTimeout.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ChatModelsException)
        {
            return new ProviderHealth(false, exception.Message);
        }
    }

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage MessageTo(HttpMethod method, Uri address)
    {
        var message = new HttpRequestMessage(method, address) { VersionPolicy = _versionPolicy };
        headers.AddTo(message);
        return message;
    }
}
