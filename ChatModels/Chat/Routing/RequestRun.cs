using ChatModels.Chat.Health;
using ChatModels.Registry;

namespace ChatModels.Chat.Routing;

/// <summary>One request on its way: what was asked, and what has become of it so far.</summary>
internal sealed partial class RequestRun(
    ChatRequest request, ChatPriority priority, RequestTelemetry? telemetry, RegistrySnapshot snapshot, long started, TimeSpan deadline, TimeProvider time, CancellationToken caller)
{
    private readonly long _ends = time.After(started, deadline);

    public ChatRequest Request => request;

    public ChatPriority Priority => priority;

    /// <summary>Null while nobody listens.</summary>
    public RequestTelemetry? Telemetry => telemetry;

    /// <summary>The snapshot that it is served from; a newer one only where a provider was replaced before it could be used.</summary>
    public RegistrySnapshot Snapshot { get; set; } = snapshot;

    /// <summary>When it began, by the monotonic clock.</summary>
    public long Started => started;

    public CancellationToken Caller => caller;

    /// <summary>When what all attempts, waits and queues have together is used up, by the monotonic clock.</summary>
    public long Ends => _ends;

    public TimeSpan TimeLeft => time.TimeUntil(_ends);

    public ChatRoute Route => this switch
    {
        { Attempts: 1, _isFallback: false, _last: { } only } => only.UsualRoute(Revision),
        { _last: { } last } => new ChatRoute(Revision, Attempts, last.Name) { FallbackModel = _isFallback ? last.Health.Key.Model : null },
        _ => new ChatRoute(Revision, Attempts, null),
    };

    private long Revision => Snapshot.Head?.Revision ?? 0;
}
