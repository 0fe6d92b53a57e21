using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>Sends every request over the wire below it, with the caller's own objects beside, and gives back the answer's own where a provider had them.</summary>
internal sealed class InProcessChatClient(IChatClient wire) : DelegatingChatClient(wire)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = Begin(messages, options);
        call.Enter();
        var response = await base.GetResponseAsync(call.Messages, options, cancellationToken);
        return call.Response ?? response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = Begin(messages, options);
        await using var updates = base.GetStreamingResponseAsync(call.Messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(call, updates))
        {
            if (!call.HasUpdates)
            {
                yield return updates.Current;
            }

            while (call.TryTake(out var update))
            {
                yield return update;
            }
        }

        while (call.TryTake(out var update))
        {
            yield return update;
        }
    }

    // An iterator forgets what is ambient at each of its yields; an async method of its own keeps it for as long as it runs.
    private static async ValueTask<bool> MoveNextAsync(InProcessCall call, IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        call.Enter();
        return await updates.MoveNextAsync();
    }

    private static InProcessCall Begin(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return new InProcessCall(messages as IReadOnlyList<ChatMessage> ?? [.. messages], options);
    }
}
