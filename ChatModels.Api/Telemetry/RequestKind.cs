using System.Diagnostics;
using ChatModels.Telemetry;
using Microsoft.AspNetCore.Http.Metadata;
using Names = ChatModels.Telemetry.TelemetryNames.HttpServer;

namespace ChatModels.Api.Telemetry;

/// <summary>What telemetry says of all requests that are alike: the name of their span, what it begins with, which is what samplers see, and the tags of their duration.</summary>
internal sealed class RequestKind
{
    private readonly string _givenMethod;
    private readonly string _method;
    private readonly string _scheme;
    private readonly string _protocol;
    private readonly string? _path;
    private readonly string? _host;
    private readonly string? _route;
    private volatile RequestOutcome? _last;

    private RequestKind(HttpRequest request, string? route)
    {
        (_givenMethod, _scheme, _protocol, _path, _host, _route) = (request.Method, request.Scheme, request.Protocol, request.Path.Value, HostOf(request), route);
        _method = HttpNames.MethodOf(_givenMethod);
        var verb = _method == HttpNames.OtherMethod ? "HTTP" : _method;
        SpanName = route is null ? verb : $"{verb} {route}";
        List<KeyValuePair<string, object?>> tags =
        [
            new(Names.Method, _method),
            new(Names.Scheme, _scheme),
            new(Names.Path, (request.PathBase + request.Path).ToUriComponent()),
            new(Names.ProtocolVersion, HttpNames.VersionOf(_protocol)),
        ];
        if (request.Host is { HasValue: true } host)
        {
            tags.Add(new(TelemetryNames.General.ServerAddress, host.Host));
        }

        if (request.Host.Port is { } port)
        {
            tags.Add(new(TelemetryNames.General.ServerPort, port));
        }

        if (route is not null)
        {
            tags.Add(new(Names.Route, route));
        }

        SpanTags = [.. tags];
    }

    public string SpanName { get; }

    public KeyValuePair<string, object?>[] SpanTags { get; }

    /// <summary>Null where an endpoint is not to be measured, as those for probes: nobody wants their spans either.</summary>
    public static RequestKind? Of(HttpContext http)
    {
        var (metadata, request) = (http.GetEndpoint()?.Metadata, http.Request);
        if (metadata?.GetMetadata<LastRequestKind>() is not { } last)
        {
            return metadata?.GetMetadata<IDisableHttpMetricsMetadata>() is null ? new RequestKind(request, RouteOf(metadata)) : null;
        }

        var known = last.Value;
        return known is not null && known.Is(request) ? known : last.Value = new RequestKind(request, RouteOf(metadata));
    }

    /// <summary>Those of them that were answered with this status. Nearly all have the same one.</summary>
    public RequestOutcome With(int status)
    {
        var last = _last;
        return last is not null && last.Status == status ? last : _last = new RequestOutcome(status, _scheme, _method, HttpNames.VersionOf(_protocol), _route);
    }

    /// <summary>Adds to a span what a request has for itself.</summary>
    public void Describe(HttpRequest request, Activity span)
    {
        if (request.Headers.UserAgent is { Count: > 0 } agent)
        {
            span.AddTag(Names.UserAgent, agent.ToString());
        }

        if (request.QueryString is { HasValue: true, Value: { } query })
        {
            span.AddTag(Names.Query, HttpNames.QueryOf(query));
        }

        if (_method == HttpNames.OtherMethod)
        {
            span.AddTag(Names.OriginalMethod, _givenMethod);
        }
    }

    private static string? RouteOf(EndpointMetadataCollection? metadata) => metadata?.GetMetadata<IRouteDiagnosticsMetadata>()?.Route;

    // As it was sent: to be told apart it need not be understood.
    private static string? HostOf(HttpRequest request) => request.Headers.Host;

    private bool Is(HttpRequest request) =>
        _path == request.Path.Value && _host == HostOf(request) && _givenMethod == request.Method && _protocol == request.Protocol && _scheme == request.Scheme;
}

/// <summary>Metadata of an endpoint most of whose requests are alike: the last one's kind, so that it is not made for each.</summary>
internal sealed class LastRequestKind
{
    private volatile RequestKind? _value;

    public RequestKind? Value
    {
        get => _value;
        set => _value = value;
    }
}
