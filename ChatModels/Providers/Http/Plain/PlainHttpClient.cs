using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ChatModels.Providers.Http.Plain;

/// <summary>Posts to one endpoint over HTTP/1.1 without TLS: what runs inside a cluster, such as vLLM or Ollama.</summary>
/// <remarks>
/// HttpClient allocates 2 KB a request and takes twice the processor time; through a gateway that does little else, that is most of what a request
/// costs. Its contract is kept: a request is sent once and never repeated, a connection is used again only after a whole answer, and failures come
/// as <see cref="HttpRequestException"/>, <see cref="IOException"/> or <see cref="InvalidDataException"/>. TLS and HTTP/2 stay with HttpClient.
/// </remarks>
internal sealed class PlainHttpClient(Uri endpoint, RequestHeaders headers, TimeProvider time) : IDisposable
{
    private readonly ConnectionPool _pool = new(endpoint, time);
    private volatile RequestTarget? _lastTarget;

    /// <summary>Whether an endpoint is one of those that this speaks to.</summary>
    public static bool Serves(Uri endpoint) => endpoint.Scheme == Uri.UriSchemeHttp;

    /// <summary>Sends a request's body, and returns as soon as the answer's headers are there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamReply> PostAsync(Uri address, UpstreamRequest request, CancellationToken cancellationToken)
    {
        var head = WriteHead(address, request);
        var connection = await _pool.RentAsync(cancellationToken).ConfigureAwait(false);
        var watch = connection.AbortOn(cancellationToken);
        try
        {
            if (!connection.TrySendWhole(head, request.Body, out var sent))
            {
                // Sent beside the reading: an upstream may refuse a long body before it has read it.
                connection.BeginSend(head, request.Body);
            }

            await sent.ConfigureAwait(false);
            ResponseHead response;
            while (!connection.TryReadHead(out response))
            {
                connection.Take(await connection.ReceiveAsync().ConfigureAwait(false));
            }

            // From here on whoever reads the body has a say in when to stop.
            connection.EndWatch(watch);
            return new PlainHttpReply(connection, _pool, response, time);
        }
        catch (Exception exception)
        {
            connection.EndWatch(watch);
            connection.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is SocketException or ObjectDisposedException)
            {
                throw new IOException("The connection broke before the answer began.", exception);
            }

            throw;
        }
    }

    public void Dispose() => _pool.Dispose();

    private ArraySegment<byte> WriteHead(Uri address, UpstreamRequest request)
    {
        if (_lastTarget is not { } target || target.Address != address)
        {
            _lastTarget = target = new RequestTarget(address);
        }

        var head = new HeadWriter(request.Body.Length);
        head.Write(target.Line);
        headers.WriteTo(ref head, request);
        return head.End(request.Body.Length);
    }
}

/// <summary>The beginning of every request to one address.</summary>
internal sealed class RequestTarget(Uri address)
{
    public Uri Address { get; } = address;

    public byte[] Line { get; } = System.Text.Encoding.ASCII.GetBytes($"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {HostOf(address)}\r\n");

    private static string HostOf(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        return address.IsDefaultPort ? host : $"{host}:{address.Port}";
    }
}
