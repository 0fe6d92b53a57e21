using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatModels.Api.Telemetry;

/// <summary>How OpenTelemetry's HTTP conventions write what a request says: open-telemetry/semantic-conventions, docs/http/http-spans.md.</summary>
internal static class HttpNames
{
    /// <summary>Whatever else a client calls its method: those would be names without number.</summary>
    public const string OtherMethod = "_OTHER";

    private static readonly FrozenSet<string> Methods = FrozenSet.Create("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE");

    public static string MethodOf(string method) => Methods.Contains(method) ? method : OtherMethod;

    /// <param name="protocol">As ASP.NET Core has it: <c>HTTP/1.1</c>.</param>
    public static string VersionOf(string protocol) =>
        HttpProtocol.IsHttp11(protocol) ? "1.1" : HttpProtocol.IsHttp2(protocol) ? "2" : HttpProtocol.IsHttp3(protocol) ? "3" : "1.0";

    /// <summary>A query with its names alone: what they are set to may be a secret.</summary>
    public static string QueryOf(string query)
    {
        var text = new StringBuilder(query.Length);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            text.Append(text.Length == 0 ? "" : "&").Append(pair.EncodedName.Span).Append("=REDACTED");
        }

        return text.ToString();
    }
}
