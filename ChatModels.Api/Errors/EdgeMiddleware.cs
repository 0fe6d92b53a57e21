using System.Diagnostics;
using ChatModels.Api.Telemetry;

namespace ChatModels.Api.Errors;

/// <summary>The outermost layer: every response gets its request id, and every failure that nobody answered becomes one in the surface's shape.</summary>
internal sealed partial class EdgeMiddleware(RequestDelegate next, ServerTelemetry server, FailureLog failures, ILogger<EdgeMiddleware> logger)
{
    private const string Op = "http.request";

    public async Task InvokeAsync(HttpContext http)
    {
        var request = server.Begin(http);
        try
        {
            RequestIds.Assign(http);
            try
            {
                await (RequestSize.IsTooLarge(http) ? RequestSize.RefuseAsync(http) : next(http));
                if (IsBareFailure(http.Response))
                {
                    await SurfaceErrors.WriteBareAsync(http);
                }
            }
            catch (Exception) when (http.RequestAborted.IsCancellationRequested)
            {
                CloseQuietly(http);
            }
            catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
            {
                Restart(http, exception.StatusCode);
                await SurfaceErrors.WriteBareAsync(http);
            }
            catch (ChatModelsException exception) when (!http.Response.HasStarted && exception.Category is not ErrorCategory.Internal)
            {
                Restart(http, ErrorMapping.StatusOf(exception.Code));
                await SurfaceErrors.WriteAsync(http, exception.Op, exception.Code, exception.Message);
            }
            catch (ChatModelsException exception) when (exception.Category is ErrorCategory.Upstream)
            {
                // A long answer that broke off midway: that it ends without its end is all that the caller can be told.
                http.Abort();
            }
            catch (Exception exception)
            {
                await FailAsync(http, exception);
            }

            failures.Note(http);
        }
        finally
        {
            server.End(http, request);
        }
    }

    private static bool IsBareFailure(HttpResponse response) =>
        response.StatusCode >= 400 && !response.HasStarted && response.ContentType is null && response.ContentLength is null;

    // The caller went away: nobody's failure, and nobody reads the answer.
    private static void CloseQuietly(HttpContext http)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = ErrorMapping.ClientClosedStatus;
        }
    }

    private static void Restart(HttpContext http, int status)
    {
        var (id, trace) = (http.Response.Headers[RequestIds.Header], http.Response.Headers[RequestIds.TraceHeader]);
        http.Response.Clear();
        http.Response.Headers[RequestIds.Header] = id;
        http.Response.Headers[RequestIds.TraceHeader] = trace;
        http.Response.StatusCode = status;
    }

    private async Task FailAsync(HttpContext http, Exception exception)
    {
        Activity.Current?.AddException(exception);
        LogUnhandled(exception, http.Request.Method, RequestIds.TraceIdOf(http));
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        Restart(http, StatusCodes.Status500InternalServerError);
        await SurfaceErrors.WriteAsync(http, Op, ErrorCodes.InternalError, "Something is broken in this service. Its log has the cause, under the trace id.");
    }

    [LoggerMessage(5101, LogLevel.Error, "A {Method} request failed unexpectedly; trace {TraceId}")]
    private partial void LogUnhandled(Exception exception, string method, string traceId);
}
