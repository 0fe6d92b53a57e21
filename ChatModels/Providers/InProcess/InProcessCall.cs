using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>
/// A caller's own objects, handed along beside the wire body: where both ends are <see cref="IChatClient"/>s, the provider takes these and
/// gives its answer back the same way, so that nothing is lost which the wire can't carry. Routing, failover and telemetry still see the wire.
/// </summary>
internal sealed class InProcessCall(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
{
    /// <summary>Models that are served by models of this process, and so on: a circle would never end.</summary>
    private const int MaxDepth = 8;

    private static readonly AsyncLocal<(InProcessCall? Call, int Depth)> Ambient = new();

    private readonly ConcurrentQueue<ChatResponseUpdate> _updates = new();
    private readonly int _depth = Ambient.Value.Depth + 1;

    public IReadOnlyList<ChatMessage> Messages { get; } = messages;

    public ChatOptions? Options { get; } = options;

    /// <summary>The answer as the provider's client gave it; null where another provider answered.</summary>
    public ChatResponse? Response { get; set; }

    /// <summary>Whether the answer's updates come this way.</summary>
    public bool HasUpdates { get; private set; }

    /// <summary>Makes it the call of what runs below.</summary>
    public void Enter() => Ambient.Value = _depth <= MaxDepth
        ? (this, _depth)
        : throw new ChatModelsException(
            "chat", ErrorCodes.ModelUnavailableHere, ErrorCategory.Configuration,
            $"Chat clients of this process call each other {_depth} deep: a provider of type 'chat-client' is served by a model that it serves itself.");

    /// <summary>The call that runs, if it came from this process; nothing below takes it again.</summary>
    public static InProcessCall? Take()
    {
        var (call, depth) = Ambient.Value;
        Ambient.Value = (null, depth);
        return call;
    }

    public void Add(ChatResponseUpdate update)
    {
        HasUpdates = true;
        _updates.Enqueue(update);
    }

    public bool TryTake([NotNullWhen(true)] out ChatResponseUpdate? update) => _updates.TryDequeue(out update);

    /// <summary>The attempt was given up: another provider may answer.</summary>
    public void Forget()
    {
        Response = null;
        HasUpdates = false;
        _updates.Clear();
    }
}
