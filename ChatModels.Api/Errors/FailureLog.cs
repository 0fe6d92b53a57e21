using ChatModels.Telemetry;

namespace ChatModels.Api.Errors;

/// <summary>One line for each request that was answered with an error, so that the trace id which its caller has finds something whatever is sampled; so many a second, no more.</summary>
internal sealed partial class FailureLog(TimeProvider time, ILogger<FailureLog> logger)
{
    private readonly LogBudget _lines = new(time);

    public void Note(HttpContext http)
    {
        var status = http.Response.StatusCode;
        if (status < 400 || status == ErrorMapping.ClientClosedStatus || IsProbe(http.Request.Path) || !_lines.TryTake(out var unlogged))
        {
            return;
        }

        // The route as it was mapped: a path may hold what a caller made up.
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
        if (status >= 500)
        {
            LogFailed(http.Request.Method, route, status, FailureCode.Of(http), RequestIds.TraceIdOf(http), unlogged);
        }
        else
        {
            LogRefused(http.Request.Method, route, status, FailureCode.Of(http), RequestIds.TraceIdOf(http), unlogged);
        }
    }

    // Its health is told by what is unhealthy, when that changes.
    private static bool IsProbe(PathString path) => path == "/health" || path == "/alive";

    [LoggerMessage(5102, LogLevel.Warning, "{Method} {Route} failed with {Status} {Code}; trace {TraceId} ({Unlogged} failures before it not logged)")]
    private partial void LogFailed(string method, string route, int status, string code, string traceId, long unlogged);

    [LoggerMessage(5103, LogLevel.Information, "{Method} {Route} was refused with {Status} {Code}; trace {TraceId} ({Unlogged} failures before it not logged)")]
    private partial void LogRefused(string method, string route, int status, string code, string traceId, long unlogged);
}
