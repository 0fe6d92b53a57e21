using System.Net.Sockets;
using ChatModels.Chat.Health;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>Says what a provider's failure means for the caller, and whether another deployment may be tried. The one table of it.</summary>
internal static class UpstreamErrors
{
    /// <summary>An error answer is read up to here; more is no error message.</summary>
    private const int MaxErrorBody = 64 * 1024;

    /// <summary>A failure that is the caller's own mistake: every deployment would refuse it.</summary>
    public static bool IsCallersMistake(ChatFailure failure) => failure.Code is ErrorCodes.UpstreamRejected;

    /// <summary>What a failure says about the deployment that it came from.</summary>
    public static AttemptEffect EffectOf(ChatFailure failure) => failure.Code switch
    {
        ErrorCodes.UpstreamRejected => AttemptEffect.Good,
        ErrorCodes.ClientClosed or ErrorCodes.InternalError => AttemptEffect.None,

        // Never sent: what a caller asked for can't be said in the provider's protocol, and no deployment is the worse for it.
        ErrorCodes.NotTranslatable or ErrorCodes.OperationNotSupported or ErrorCodes.InvalidRequest => AttemptEffect.None,

        // Some limit one caller's burst and not the next one's: only a wait that they name is a reason to stay away.
        ErrorCodes.UpstreamRateLimited => failure.RetryAfter is null ? AttemptEffect.None : AttemptEffect.AskedToWait,
        ErrorCodes.UpstreamError when failure.UpstreamStatus is < 500 => AttemptEffect.None,
        _ => failure.RetryAfter is null ? AttemptEffect.Bad : AttemptEffect.AskedToWait,
    };

    /// <summary>Reads an answer whose status is no success.</summary>
    public static async ValueTask<ChatFailure> ReadAsync(UpstreamReply reply, Deployment deployment, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(reply, cancellationToken).ConfigureAwait(false);
        var failure = FromStatus(reply.Status, deployment);
        return failure with
        {
            Provider = deployment.Provider.Id,
            UpstreamStatus = reply.Status,
            RetryAfter = reply.RetryAfter,
            UpstreamBody = failure.Code == ErrorCodes.UpstreamRejected && IsErrorObject(body) && !Leaks(body, deployment) ? body : default(ReadOnlyMemory<byte>?),
        };
    }

    /// <summary>What an exception of an attempt means; null for one that is nobody's expected failure.</summary>
    public static ChatFailure? From(Exception exception, Deployment deployment)
    {
        var id = deployment.Provider.Id;
        var failure = exception switch
        {
            ChatModelsException known => new ChatFailure(known.Code, 503, known.Message) { RetryAfter = known.RetryAfter },
            OperationCanceledException => new ChatFailure(ErrorCodes.UpstreamTimeout, 504, $"Provider '{id}' did not answer within {deployment.Provider.Config.Timeout}."),
            HttpRequestException { InnerException: SocketException } or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } =>
                new ChatFailure(ErrorCodes.UpstreamUnreachable, 502, $"Provider '{id}' can't be reached."),
            HttpRequestException or IOException => new ChatFailure(ErrorCodes.UpstreamTruncated, 502, $"Provider '{id}' broke the connection off before its answer was complete."),
            InvalidDataException => new ChatFailure(ErrorCodes.UpstreamInvalidResponse, 502, $"Provider '{id}' sent something that is no answer in its protocol."),
            _ => null,
        };
        return failure is null ? null : failure with { Provider = id };
    }

    /// <summary>The same of one that came after the answer had begun.</summary>
    public static ChatFailure? MidwayFrom(Exception exception, Deployment deployment, TimeSpan idleTimeout) => exception is OperationCanceledException
        ? new ChatFailure(ErrorCodes.StreamIdleTimeout, 504, $"Provider '{deployment.Provider.Id}' sent nothing for {idleTimeout}.") { Provider = deployment.Provider.Id }
        : From(exception, deployment);

    /// <summary>An answer that says success and is not what was asked for.</summary>
    public static ChatFailure NotAnAnswer(Deployment deployment, string what) =>
        new(ErrorCodes.UpstreamInvalidResponse, 502, $"Provider '{deployment.Provider.Id}' {what}.") { Provider = deployment.Provider.Id };

    private static ChatFailure FromStatus(int status, Deployment deployment)
    {
        var id = deployment.Provider.Id;
        return status switch
        {
            400 or 413 or 422 => new(ErrorCodes.UpstreamRejected, status, $"Provider '{id}' refused the request with status {status}."),
            401 or 402 or 403 => new(ErrorCodes.UpstreamAuthentication, 502, $"Provider '{id}' refused the gateway's own credentials with status {status}; an operator has to look at its apiKey."),
            404 => new(ErrorCodes.UpstreamModelNotFound, 502, $"Provider '{id}' does not know the model that the registry names for it, or has nothing at its endpoint; an operator has to look at both."),
            408 or 504 => new(ErrorCodes.UpstreamTimeout, 504, $"Provider '{id}' timed out with status {status}."),
            429 => new(ErrorCodes.UpstreamRateLimited, 429, $"Provider '{id}' limits the gateway's rate; try again later."),
            503 or 529 => new(ErrorCodes.UpstreamError, 503, $"Provider '{id}' is overloaded or down (status {status})."),
            < 400 => new(ErrorCodes.UpstreamInvalidResponse, 502, $"Provider '{id}' answered with status {status}, which is no answer to a chat request."),
            _ => new(ErrorCodes.UpstreamError, 502, $"Provider '{id}' failed with status {status}."),
        };
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(UpstreamReply reply, CancellationToken cancellationToken)
    {
        var buffer = new byte[4 * 1024];
        var length = 0;
        try
        {
            while (length < MaxErrorBody)
            {
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, int.Min(length * 2, MaxErrorBody));
                }

                var read = await reply.Body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return buffer.AsMemory(0, length);
                }

                length += read;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The status has said what matters; an error message that breaks off is replaced by ours.
        }

        return default;
    }

    /// <summary>Whether this is OpenAI's error object, so that the official clients understand it.</summary>
    private static bool IsErrorObject(ReadOnlyMemory<byte> body)
    {
        var facts = default(AnswerFacts);
        return facts.TryRead(body.Span, out var kind) && kind == ObjectKind.Error && body.Span.IndexOf("\"message\""u8) > 0;
    }

    /// <summary>Whether a body repeats one of the provider's secrets: some upstreams quote the key that they refuse.</summary>
    private static bool Leaks(ReadOnlyMemory<byte> body, Deployment deployment)
    {
        var options = deployment.Provider.Slot?.Options;
        return options is not null
            && options.Headers.Values.Select(h => h.Secret).Append(options.ApiKey)
                .Any(s => s?.Value is { Length: > 0 } value && body.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes(value)) >= 0);
    }
}
