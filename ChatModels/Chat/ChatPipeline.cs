using ChatModels.Chat.Health;
using ChatModels.Chat.Routing;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

/// <summary>The one path that every chat request takes, from whatever surface: read, resolve, route, call, fail over.</summary>
public sealed class ChatPipeline
{
    private readonly ModelRegistry _registry;
    private readonly ChatPathOptions _options;
    private readonly TimeProvider _time;
    private readonly DeploymentTable _table;
    private readonly Router _router;
    private readonly int _maxContent;
    private readonly MetricBuffer? _buffer;

    internal ChatPipeline(
        ModelRegistry registry, DeploymentTable table, IOptions<ChatPathOptions> options, IOptions<ContentOptions> content, MetricBuffer buffer, TimeProvider time, Random random)
    {
        _buffer = buffer.IsOn ? buffer : null;
        _registry = registry;
        _options = options.Value;
        _time = time;
        _table = table;
        _maxContent = content.Value.Capture ? content.Value.MaxContentLength : 0;
        _router = new Router(registry, table, new AttemptRunner(_options, time), _options, time, random);
    }

    /// <summary>Answers a chat request in OpenAI's wire format. Failures are values in the reply; only cancellation by the caller throws.</summary>
    /// <param name="body">The request's JSON. It must stay as it is until the reply is disposed.</param>
    /// <param name="cancellationToken">The caller's: cancelled, it abandons the upstream call at once.</param>
    public ValueTask<ChatReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        SendAsync(new ChatCall(UpstreamOperation.ChatCompletions, body), ChatSendOptions.Default, cancellationToken);

    /// <summary>Answers a request in the wire format of its operation. Failures are values in the reply; only cancellation by the caller throws.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="options">How it is served.</param>
    /// <param name="cancellationToken">The caller's: cancelled, it abandons the upstream call at once.</param>
    public ValueTask<ChatReply> SendAsync(ChatCall call, ChatSendOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var snapshot = _registry.Current;
        var revision = snapshot.Head?.Revision ?? 0;
        var started = _time.GetTimestamp();
        var telemetry = RequestTelemetry.Start(call.Operation, _maxContent, started, _time, _buffer);
        var request = ChatRequestReader.TryRead(call, out var failure);
        if (request is null)
        {
            var route = new ChatRoute(revision, 0, null);
            telemetry?.Begin(null, TelemetryNames.Other, TelemetryNames.Other, stream: false, revision);
            telemetry?.End(failure!.Code, route, cost: null);
            return new(new FailedReply(failure!, call) { Route = route });
        }

        snapshot.TryFindModel(request.Model, out var found);
        telemetry?.Begin(found, request.Model, MetricNameOf(found), request.Stream, revision);
        var run = new RequestRun(request, options.Priority, telemetry, snapshot, started, _options.OverallDeadline, _time, cancellationToken);
        var routing = _router.RouteAsync(run);
        return options.KeepAlive && request.Stream && !routing.IsCompleted
            ? HeldReply.AfterAsync(routing, run, _options, _time)
            : routing;
    }

    /// <summary>What metrics call the model that has the name, or an alias, now.</summary>
    internal string MetricNameOf(string name) => MetricNameOf(_registry.Current.TryFindModel(name, out var model) ? model : null);

    private string MetricNameOf(ModelEntry? model) => model is null ? TelemetryNames.Other : _table.MetricNameOf(model);
}
