using Microsoft.Extensions.AI;

namespace ChatModels.Chat;

/// <summary>A model of the registry, used in process: same path as over HTTP, with routing, failover and telemetry.</summary>
/// <remarks>Safe for any number of threads. The model is looked up anew for every request. Failures are <see cref="ChatModelsException"/>s; cancellation reaches the provider at once.</remarks>
public interface IChatModel
{
    /// <summary>The name, or alias, by which it was asked for.</summary>
    string Name { get; }

    /// <summary>Asks for one whole answer.</summary>
    Task<ChatResponse> InvokeAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Asks for one answer, piece by piece as it comes. Leaving the enumeration abandons the answer.</summary>
    IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Asks for many answers, at most <paramref name="maxConcurrency"/> at a time, and gives the results in the order of the requests.</summary>
    /// <remarks>A request that fails has its error in its result and does not stop the others. Cancelling stops those that run, begins no other, and throws.</remarks>
    Task<IReadOnlyList<ChatModelResult>> BatchAsync(IEnumerable<ChatModelRequest> requests, int maxConcurrency = 8, CancellationToken cancellationToken = default);
}

/// <summary>One request of a batch.</summary>
/// <param name="Messages">The conversation so far.</param>
/// <param name="Options">What else is asked for.</param>
public sealed record ChatModelRequest(IEnumerable<ChatMessage> Messages, ChatOptions? Options = null)
{
    /// <summary>A request of one user message.</summary>
    public ChatModelRequest(string prompt, ChatOptions? options = null)
        : this([new ChatMessage(ChatRole.User, prompt)], options)
    {
    }
}

/// <summary>What became of one request of a batch; exactly one of the two is set.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Error">Why there is none: a <see cref="ChatModelsException"/>, or what the request itself threw.</param>
public sealed record ChatModelResult(ChatResponse? Response, Exception? Error);
