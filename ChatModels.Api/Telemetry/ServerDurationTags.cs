using ChatModels.Telemetry;
using Microsoft.AspNetCore.Http.Metadata;

namespace ChatModels.Api.Telemetry;

/// <summary>Has the durations of an endpoint's requests recorded by <see cref="ServerDurations"/> instead of ASP.NET Core, with the tags that they have there.</summary>
internal sealed class ServerDurationTags : IDisableHttpMetricsMetadata
{
    private volatile Known? _last;

    /// <summary>The tags of a request that was answered. Nearly all of an endpoint's requests have the same.</summary>
    public KeyValuePair<string, object?>[] Of(HttpContext http)
    {
        var (request, status) = (http.Request, http.Response.StatusCode);
        var last = _last;
        if (last is null || last.Status != status || last.Method != request.Method || last.Scheme != request.Scheme || last.Protocol != request.Protocol)
        {
            _last = last = new Known(request.Method, request.Scheme, request.Protocol, status, TagsOf(http));
        }

        return last.Tags;
    }

    private static KeyValuePair<string, object?>[] TagsOf(HttpContext http) =>
    [
        new(TelemetryNames.HttpServer.Scheme, http.Request.Scheme),
        new(TelemetryNames.HttpServer.Method, http.Request.Method),
        new(TelemetryNames.HttpServer.ProtocolVersion, VersionOf(http.Request.Protocol)),
        new(TelemetryNames.General.HttpStatus, http.Response.StatusCode),
        new(TelemetryNames.HttpServer.Route, http.GetEndpoint()?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route),
    ];

    private static string VersionOf(string protocol) =>
        HttpProtocol.IsHttp11(protocol) ? "1.1" : HttpProtocol.IsHttp2(protocol) ? "2" : HttpProtocol.IsHttp3(protocol) ? "3" : "1.0";

    private sealed record Known(string Method, string Scheme, string Protocol, int Status, KeyValuePair<string, object?>[] Tags);
}
