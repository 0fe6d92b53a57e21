using System.Buffers;
using System.Globalization;
using ChatModels.Api.Errors;
using ChatModels.Chat;
using ChatModels.Providers;

namespace ChatModels.Api.Apis;

/// <summary>The chat path over HTTP, for every operation. This is the hot path: a request delegate, one pooled buffer for the body, and bytes out as they come.</summary>
internal static class ChatSurface
{
    private static readonly ChatSendOptions Sending = new() { KeepAlive = true };

    public static async Task AnswerAsync(HttpContext http, ChatPipeline pipeline, UpstreamOperation operation, IReadOnlyList<KeyValuePair<string, string>>? headers = null)
    {
        using var body = await RequestBuffer.ReadAsync(http);
        if (body is null)
        {
            return;
        }

        var call = new ChatCall(operation, body.Memory) { Headers = headers, RequestId = RequestIds.Of(http) };
        await using var reply = await pipeline.SendAsync(call, Sending, http.RequestAborted);
        WriteHead(http, reply);
        while (await reply.ReadAsync(http.RequestAborted) is { IsEmpty: false } bytes)
        {
            if (reply.IsLast)
            {
                // One call for both; what is still to be read is the end of the upstream's body, which nobody waits for.
                http.Response.BodyWriter.Write(bytes.Span);
                await http.Response.CompleteAsync();
            }
            else
            {
                await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
            }
        }

        body.MayBeReused = !reply.HoldsRequest;
    }

    private static void WriteHead(HttpContext http, ChatReply reply)
    {
        var headers = http.Response.Headers;
        headers["x-chatmodels-registry-revision"] = reply.Route.Revision.ToString(CultureInfo.InvariantCulture);
        headers["x-chatmodels-attempts"] = reply.Route.Attempts.ToString(CultureInfo.InvariantCulture);
        if (reply.Route.Deployment is { } deployment)
        {
            headers["x-chatmodels-deployment"] = deployment;
        }

        if (reply.Route.FallbackModel is { } fallback)
        {
            headers["x-chatmodels-model"] = fallback;
        }

        if (reply.Cost is { } cost)
        {
            headers["x-chatmodels-cost"] = cost.ToString("0.############", CultureInfo.InvariantCulture);
        }

        if (reply.IsStream)
        {
            http.Response.ContentType = "text/event-stream";
            headers.CacheControl = "no-cache";

            // Proxies such as nginx would otherwise collect a stream before they pass it on.
            headers["x-accel-buffering"] = "no";
        }
        else
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = reply.Length;
        }

        if (reply.Failure is { } failure)
        {
            WriteFailureHead(http, failure, reply.Route);
        }
    }

    private static void WriteFailureHead(HttpContext http, ChatFailure failure, ChatRoute route)
    {
        http.Response.StatusCode = failure.Status;
        FailureCode.Set(http, failure.Code);
        ErrorResponse.SetRetryAfter(http.Response, failure.RetryAfter);

        // The official clients try again by themselves, twice by default: of no use once every deployment has been tried.
        if (failure.Status >= 500 && route.Attempts > 0)
        {
            http.Response.Headers["x-should-retry"] = "false";
        }
    }
}
