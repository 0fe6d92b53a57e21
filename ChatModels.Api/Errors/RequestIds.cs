using System.Buffers;
using System.Diagnostics;

namespace ChatModels.Api.Errors;

/// <summary>
/// Gives every response an <c>x-request-id</c>: the caller's own where it is harmless, else the trace's id. Beside the caller's own stands the trace's in
/// <c>x-chatmodels-trace-id</c>: the errors of OpenAI's and Anthropic's surfaces have no room for it in their bodies.
/// </summary>
internal static class RequestIds
{
    public const string Header = "x-request-id";

    public const string TraceHeader = "x-chatmodels-trace-id";

    private const int LongestAccepted = 64;

    private static readonly SearchValues<char> Harmless =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static void Assign(HttpContext http)
    {
        var given = http.Request.Headers[Header];
        var headers = http.Response.Headers;
        if (given is [{ Length: > 0 and <= LongestAccepted } id] && !id.AsSpan().ContainsAnyExcept(Harmless))
        {
            headers[Header] = id;
            headers[TraceHeader] = Activity.Current?.TraceId.ToHexString() ?? id;
        }
        else
        {
            headers[Header] = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        }
    }

    /// <summary>The id of this request.</summary>
    public static string Of(HttpContext http) => http.Response.Headers[Header].ToString();

    /// <summary>What to search logs and traces for.</summary>
    public static string TraceIdOf(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? Of(http);
}
