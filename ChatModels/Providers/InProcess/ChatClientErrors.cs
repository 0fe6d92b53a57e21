using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;

namespace ChatModels.Providers.InProcess;

/// <summary>Says in the wire's words what an exception of a chat client means.</summary>
internal static class ChatClientErrors
{
    /// <summary>Whether the exception is an answer; what is none (nobody was reached, the caller left, it took too long) the chat path understands as it is.</summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && exception is not (OperationCanceledException or ChatModelsException or IOException or HttpRequestException { StatusCode: null });

    public static ChatClientReply AsReply(Exception exception, TimeProvider time) => exception switch
    {
        ClientResultException { Status: >= 300 } refused => OfVendor(refused, time),
        HttpRequestException { StatusCode: { } status } => Plain((int)status),
        TimeoutException => Plain((int)HttpStatusCode.GatewayTimeout),
        _ => Plain((int)HttpStatusCode.InternalServerError),
    };

    private static ChatClientReply OfVendor(ClientResultException exception, TimeProvider time)
    {
        var response = exception.GetRawResponse();
        var words = exception.Status is 400 or 413 or 422 ? response?.Content.ToMemory() : null;
        return words is { Length: > 0 } body
            ? ChatClientReply.Error(exception.Status, body)
            : Plain(exception.Status, RetryAfter(response, time));
    }

    // Never the exception's own message: it may name keys and hosts, and what stands in it is in the log.
    private static ChatClientReply Plain(int status, TimeSpan? retryAfter = null) =>
        ChatClientReply.Error(status < 300 ? 500 : status, "The chat client failed.", null, retryAfter);

    private static TimeSpan? RetryAfter(PipelineResponse? response, TimeProvider time) =>
        response is null || !response.Headers.TryGetValue("retry-after", out var text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400))
        : DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date > time.GetUtcNow() ? date - time.GetUtcNow()
        : null;
}
