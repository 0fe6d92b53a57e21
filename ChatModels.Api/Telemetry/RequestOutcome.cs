using System.Diagnostics;
using System.Globalization;
using ChatModels.Telemetry;
using Names = ChatModels.Telemetry.TelemetryNames.HttpServer;

namespace ChatModels.Api.Telemetry;

/// <summary>What telemetry says of all requests that are alike and were answered with the same status. An error is whatever the server is to blame for.</summary>
internal sealed class RequestOutcome
{
    private readonly object _status;
    private readonly string? _error;

    public RequestOutcome(int status, string scheme, string method, string version, string? route)
    {
        (Status, _status) = (status, status);
        _error = status >= 500 ? status.ToString(CultureInfo.InvariantCulture) : null;
        List<KeyValuePair<string, object?>> tags = [new(Names.Scheme, scheme), new(Names.Method, method), new(Names.ProtocolVersion, version), new(TelemetryNames.General.HttpStatus, _status)];
        if (route is not null)
        {
            tags.Add(new(Names.Route, route));
        }

        if (_error is not null)
        {
            tags.Add(new(TelemetryNames.General.ErrorType, _error));
        }

        Tags = [.. tags];
    }

    public int Status { get; }

    /// <summary>The tags of the duration.</summary>
    public KeyValuePair<string, object?>[] Tags { get; }

    public void Describe(Activity span)
    {
        span.AddTag(TelemetryNames.General.HttpStatus, _status);
        if (_error is not null)
        {
            span.AddTag(TelemetryNames.General.ErrorType, _error);
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
