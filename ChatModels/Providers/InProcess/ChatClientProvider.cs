using ChatModels.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace ChatModels.Providers.InProcess;

/// <summary>Speaks OpenAI's wire format on one side and to an <see cref="IChatClient"/> on the other.</summary>
internal sealed partial class ChatClientProvider(string id, IChatClient client, TimeProvider time, ILogger<ChatClientProvider> logger) : IChatProvider
{
    private readonly LogBudget _lines = new(time);

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var call = InProcessCall.Take();
        await SocketThreads.LeaveAsync();
        try
        {
            var (messages, options) = call is null ? WireRequest.Read(request.Body) : (call.Messages, call.Options?.Clone() ?? new ChatOptions());
            options.ModelId = request.Model;
            return request.Stream
                ? await StreamAsync(messages, options, call, request.Model, cancellationToken)
                : await AnswerAsync(messages, options, call, request.Model, cancellationToken);
        }
        catch (WireMistakeException mistake)
        {
            return ChatClientReply.Error(400, mistake.Message, mistake.Param);
        }
        catch (Exception exception) when (ChatClientErrors.IsFailure(exception, cancellationToken))
        {
            // Code of the host failed, and the answer won't say how: this is the only place that knows.
            Tell(exception);
            return ChatClientErrors.AsReply(exception, time);
        }
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(ProviderHealth.Ok); // There is no request to a chat client that surely costs nothing.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<UpstreamReply> AnswerAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions options, InProcessCall? call, string model, CancellationToken cancellationToken)
    {
        // A client that does not listen to its token must not hold the request either.
        var response = await client.GetResponseAsync(messages, options, cancellationToken).WaitAsync(cancellationToken);
        call?.Response = response;
        return ChatClientReply.Answer(WireAnswer.Write(response, model, time.GetUtcNow()), call);
    }

    private async ValueTask<UpstreamReply> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions options, InProcessCall? call, string model, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var updates = client.GetStreamingResponseAsync(messages, options, stop.Token).GetAsyncEnumerator(stop.Token);
        var body = new UpdateStream(updates, new WireChunks(model, time.GetUtcNow()), call, stop, Tell);
        try
        {
            await body.StartAsync(cancellationToken);
            return ChatClientReply.Stream(body);
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
    }

    private void Tell(Exception exception)
    {
        if (_lines.TryTake(out var unlogged))
        {
            LogFailed(exception, id, unlogged);
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "The chat client of provider {ProviderId} failed ({Unlogged} failures before it not logged)")]
    private partial void LogFailed(Exception exception, string providerId, long unlogged);
}
