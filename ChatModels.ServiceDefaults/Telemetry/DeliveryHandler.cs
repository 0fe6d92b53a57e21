using System.Globalization;

namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>Sees what becomes of each export, on the exporters' own threads.</summary>
internal sealed class DeliveryHandler(Delivery delivery) : DelegatingHandler(new SocketsHttpHandler())
{
    private const string GrpcStatus = "grpc-status";

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return See(base.Send(request, cancellationToken));
        }
        catch (Exception exception)
        {
            delivery.Failed(Reason(exception));
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return See(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception exception)
        {
            delivery.Failed(Reason(exception));
            throw;
        }
    }

    private HttpResponseMessage See(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            delivery.Failed($"it answers {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}");
        }
        else if (response.Headers.TryGetValues(GrpcStatus, out var values) && values.FirstOrDefault() is { } status && status != "0")
        {
            delivery.Failed($"it answers gRPC status {status}");
        }
        else
        {
            delivery.Delivered();
        }

        return response;
    }

    // Not the message: it repeats the address, in which a password may stand.
    private static string Reason(Exception exception) => exception switch
    {
        OperationCanceledException => "it does not answer in time",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "it can't be connected to",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name can't be resolved",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection can be made",
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } => $"the request fails: {error}",
        _ => $"the request fails: {exception.GetType().Name}",
    };
}
