using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery.Http;

namespace ChatModels.Providers.Http;

/// <summary>The connections of one provider: one handler, tuned to pass bytes on and to do nothing else.</summary>
internal static class HttpTransport
{
    public static HttpMessageHandler Create(Uri endpoint, ProviderServices services)
    {
        var handler = Connections();
        if (!ProviderEndpoint.NeedsDiscovery(endpoint))
        {
            return handler;
        }

        if (services.Services?.GetService<IServiceDiscoveryHttpMessageHandlerFactory>() is { } discovery)
        {
            return discovery.CreateHandler(handler);
        }

        handler.Dispose();
        throw new InvalidOperationException(
            $"The endpoint {endpoint.Scheme}://{endpoint.Host} names a service, but this process has no service discovery. Add it (services.AddServiceDiscovery()), or give an http or https address.");
    }

    private static SocketsHttpHandler Connections() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,

        // The attempt's span is the chat path's; a propagator here would add a second one, and send baggage.
        ActivityHeadersPropagator = null,
        MeterFactory = UnheardMeters.Instance,
        ConnectTimeout = TimeSpan.FromSeconds(10),

        // Vendors move behind their names: a connection that never ended would never see it.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),

        // An answer that is abandoned ends at once: reading on for two seconds would have the vendor go on, and bill.
        MaxResponseDrainSize = 0,
    };
}
