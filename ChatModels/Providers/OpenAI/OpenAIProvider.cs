namespace ChatModels.Providers.OpenAI;

/// <summary>A live connection to one OpenAI-compatible endpoint. Bytes pass both ways as they are.</summary>
internal sealed class OpenAIProvider(OpenAIAddresses addresses, RequestHeaders headers, HttpMessageInvoker connections, TimeProvider time) : IChatProvider
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(10);

    // Over http only 1.1 is spoken; over anything else TLS negotiates the best that both ends have.
    private readonly HttpVersionPolicy _versionPolicy =
        addresses.Health.Scheme == Uri.UriSchemeHttp ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionOrHigher;

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var message = MessageTo(HttpMethod.Post, addresses.Of(request));
        message.Content = new JsonBodyContent(request.Body);
        if (request.Stream)
        {
            message.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        }

        return OpenAIReply.Of(await connections.SendAsync(message, cancellationToken), time);
    }

    public async ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(addresses.Health, (response, _) => Task.FromResult(OpenAIHealth.Of((int)response.StatusCode)), cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or HttpRequestException or IOException or ChatModelsException)
        {
            return new ProviderHealth(false, exception.Message);
        }
    }

    /// <summary>What stands at an address; null when nothing came of it, or more than <paramref name="limit"/> bytes.</summary>
    public async ValueTask<byte[]?> TryGetAsync(Uri address, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(address, (response, stop) => BoundedAsync(response, limit, stop), cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or HttpRequestException or IOException or ChatModelsException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A provider of any type that speaks this wire format.</summary>
    public static OpenAIProvider Create(ProviderOptions options, ProviderServices services, OpenAIAddresses addresses) =>
        new(addresses, new RequestHeaders(options), new HttpMessageInvoker(OpenAITransport.Create(addresses.Health, services)), services.Time);

    private async Task<T> GetAsync<T>(Uri address, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(HealthTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var message = MessageTo(HttpMethod.Get, address);
            using var response = await connections.SendAsync(message, stop.Token);
            return await read(response, stop.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not answer within {HealthTimeout.TotalSeconds:0} s.");
        }
    }

    private static async Task<byte[]?> BoundedAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[limit + 1];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length > limit ? null : bytes[..length];
    }

    private HttpRequestMessage MessageTo(HttpMethod method, Uri address)
    {
        var message = new HttpRequestMessage(method, address) { VersionPolicy = _versionPolicy };
        headers.AddTo(message);
        return message;
    }
}
