using ChatModels.Telemetry;
using Microsoft.Extensions.AI;

namespace ChatModels.Chat;

/// <summary>A model of the registry on top of its chat client.</summary>
internal sealed class ChatModel(string name, IChatClient client, MeasuredCalls calls) : IChatModel
{
    public string Name { get; } = name;

    public Task<ChatResponse> InvokeAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        CallMetrics.Enabled
            ? calls.MeasureAsync(TelemetryNames.Calls.Invoke, calls.Now, client.GetResponseAsync(messages, options, cancellationToken))
            : client.GetResponseAsync(messages, options, cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        CallMetrics.Enabled
            ? calls.MeasureAsync(client.GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken)
            : client.GetStreamingResponseAsync(messages, options, cancellationToken);

    public Task<IReadOnlyList<ChatModelResult>> BatchAsync(IEnumerable<ChatModelRequest> requests, int maxConcurrency = 8, CancellationToken cancellationToken = default) =>
        CallMetrics.Enabled
            ? calls.MeasureAsync(TelemetryNames.Calls.Batch, calls.Now, AnswerAllAsync(requests, maxConcurrency, cancellationToken))
            : AnswerAllAsync(requests, maxConcurrency, cancellationToken);

    private async Task<IReadOnlyList<ChatModelResult>> AnswerAllAsync(IEnumerable<ChatModelRequest> requests, int maxConcurrency, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        ChatModelRequest[] all = [.. requests];
        var results = new ChatModelResult[all.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = maxConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, all.Length, parallel, async (index, stop) => calls.Answered(results[index] = await AnswerAsync(all[index], stop))).ConfigureAwait(false);
        return results;
    }

    private async Task<ChatModelResult> AnswerAsync(ChatModelRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return new(await client.GetResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, exception);
        }
    }
}
