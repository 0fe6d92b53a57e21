namespace ChatModels.Providers.Http;

/// <summary>What every provider over HTTP does alike: put a request to an address, and ask whether the endpoint is there.</summary>
internal sealed class HttpConnections(Uri endpoint, RequestHeaders headers, HttpMessageInvoker invoker, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(10);

    // Over http only 1.1 is spoken; over anything else TLS negotiates the best that both ends have.
    private readonly HttpVersionPolicy _versionPolicy =
        endpoint.Scheme == Uri.UriSchemeHttp ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionOrHigher;

    public static HttpConnections Create(Uri endpoint, RequestHeaders headers, ProviderServices services) =>
        new(endpoint, headers, new HttpMessageInvoker(HttpTransport.Create(endpoint, services)), services.Time);

    /// <summary>Sends a request's body, and returns as soon as the answer's headers are there.</summary>
    public async ValueTask<UpstreamReply> PostAsync(Uri address, UpstreamRequest request, CancellationToken cancellationToken)
    {
        var message = MessageTo(HttpMethod.Post, address);
        message.Content = new JsonBodyContent(request.Body);
        if (request.Stream)
        {
            message.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.Remove(name);
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return HttpReply.Of(await invoker.SendAsync(message, cancellationToken), time);
    }

    /// <summary>Reads the list of models, which no vendor bills, and throws it away.</summary>
    public async ValueTask<ProviderHealth> CheckModelListAsync(Uri models, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(HealthTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var message = MessageTo(HttpMethod.Get, models);
            using var response = await invoker.SendAsync(message, stop.Token);
            return ModelListHealth.Of((int)response.StatusCode);
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

    public void Dispose() => invoker.Dispose();

    private HttpRequestMessage MessageTo(HttpMethod method, Uri address)
    {
        var message = new HttpRequestMessage(method, address) { VersionPolicy = _versionPolicy };
        headers.AddTo(message);
        return message;
    }
}
