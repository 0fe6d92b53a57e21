using System.Net;
using Microsoft.AspNetCore.Http;

namespace ChatModels.ServiceDefaults.Security;

/// <summary>Tells a developer's own machine from everybody else.</summary>
public static class LocalCaller
{
    /// <summary>A connection from this machine that also asks for this machine: a web page that points its own name at 127.0.0.1 must not get in.</summary>
    public static bool Is(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && IsLocalName(http.Request.Host.Host);

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
