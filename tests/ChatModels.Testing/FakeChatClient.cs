using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ChatModels.Testing;

/// <summary>What a <see cref="FakeChatClient"/> was asked.</summary>
public sealed record ChatClientCall(IReadOnlyList<ChatMessage> Messages, ChatOptions Options);

/// <summary>A chat client that answers as the test says and keeps what it was asked.</summary>
public sealed class FakeChatClient : IChatClient
{
    private readonly ConcurrentQueue<ChatClientCall> _calls = new();

    public Func<ChatClientCall, CancellationToken, Task<ChatResponse>> OnAnswer { get; set; } =
        (_, _) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Hello from a client.")));

    public Func<ChatClientCall, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> OnStream { get; set; } = (_, _) => Updates(new ChatResponseUpdate(ChatRole.Assistant, "Hello"));

    public IReadOnlyList<ChatClientCall> Calls => [.. _calls];

    public static async IAsyncEnumerable<ChatResponseUpdate> Updates(params ChatResponseUpdate[] updates)
    {
        foreach (var update in updates)
        {
            await Task.Yield();
            yield return update;
        }
    }

    /// <summary>Gives its first updates, then throws.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Breaking(Exception exception, params ChatResponseUpdate[] first)
    {
        await foreach (var update in Updates(first))
        {
            yield return update;
        }

        throw exception;
    }

    /// <summary>Gives its first update, then nothing until it is cancelled; <paramref name="cancelled"/> completes then.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Hanging(
        ChatResponseUpdate first, TaskCompletionSource cancelled, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return first;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            cancelled.TrySetResult();
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAnswer(Record(messages, options), cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        OnStream(Record(messages, options), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private ChatClientCall Record(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var call = new ChatClientCall([.. messages], options ?? new ChatOptions());
        _calls.Enqueue(call);
        return call;
    }
}
