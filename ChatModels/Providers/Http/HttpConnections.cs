using System.Runtime.CompilerServices;
using ChatModels.Providers.Http.Plain;

namespace ChatModels.Providers.Http;

/// <summary>What every provider over HTTP does alike: put a request to an address, and ask whether the endpoint is there.</summary>
internal sealed class HttpConnections(Uri endpoint, RequestHeaders headers, HttpMessageInvoker invoker, TimeProvider time) : IDisposable
{
    private readonly PlainHttpClient? _plain = PlainHttpClient.Serves(endpoint) ? new PlainHttpClient(endpoint, headers, time) : null;

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(10);

    // Over http only 1.1 is spoken; over anything else TLS negotiates the best that both ends have.
    private readonly HttpVersionPolicy _versionPolicy =
        endpoint.Scheme == Uri.UriSchemeHttp ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionOrHigher;

    public static HttpConnections Create(Uri endpoint, RequestHeaders headers, ProviderServices services) =>
        new(endpoint, headers, new HttpMessageInvoker(HttpTransport.Create(endpoint, services)), services.Time);

    /// <summary>Sends a request's body, and returns as soon as the answer's headers are there.</summary>
    public ValueTask<UpstreamReply> PostAsync(Uri address, UpstreamRequest request, CancellationToken cancellationToken) =>
        _plain?.PostAsync(address, request, cancellationToken) ?? PostByClientAsync(address, request, cancellationToken);

    /// <summary>Reads the list of models, which no vendor bills, and throws it away.</summary>
    public async ValueTask<ProviderHealth> CheckModelListAsync(Uri models, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(models, (response, _) => Task.FromResult(ModelListHealth.Of((int)response.StatusCode)), cancellationToken);
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

    public void Dispose()
    {
        _plain?.Dispose();
        invoker.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamReply> PostByClientAsync(Uri address, UpstreamRequest request, CancellationToken cancellationToken)
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

    private async Task<T> GetAsync<T>(Uri address, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(HealthTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var message = MessageTo(HttpMethod.Get, address);
            using var response = await invoker.SendAsync(message, stop.Token);
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
