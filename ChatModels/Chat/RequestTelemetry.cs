using System.Diagnostics;
using System.Runtime.InteropServices;
using ChatModels.Chat.Content;
using ChatModels.Chat.Routing;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>Span and metrics of one request, all attempts included; ended exactly once, when its answer has gone out.</summary>
internal sealed class RequestTelemetry
{
    private readonly TimeProvider _time;
    private readonly string _operation;
    private readonly int _maxContent;
    private readonly long _started;
    private Activity? _span;
    private string _model = TelemetryNames.Other;
    private string? _provider;
    private AttemptTags? _tags;
    private long _firstContent;
    private RequestContent? _content;

    private RequestTelemetry(UpstreamOperation operation, int maxContent, long started, TimeProvider time, MetricBuffer? buffer)
    {
        _time = time;
        Buffer = buffer;
        _maxContent = RequestContent.IsIn(operation) ? maxContent : 0;
        _operation = OperationNames.Of(operation);
        _started = started;
    }

    /// <summary>Where measurements wait that are recorded many at once; null where each is recorded by itself.</summary>
    public MetricBuffer? Buffer { get; }

    /// <summary>Null while nobody listens: then there is nothing to be paid for.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="maxContent">How many characters of what is said spans may show; 0 for none.</param>
    /// <param name="started">When the request began, by the monotonic clock.</param>
    /// <param name="time">The clock.</param>
    /// <param name="buffer">Where measurements wait that are recorded many at once; null where each is recorded by itself.</param>
    public static RequestTelemetry? Start(UpstreamOperation operation, int maxContent, long started, TimeProvider time, MetricBuffer? buffer) =>
        ChatSpans.Enabled || ChatMetrics.Enabled ? new RequestTelemetry(operation, maxContent, started, time, buffer) : null;

    /// <summary>Called when the model is known, or known not to exist.</summary>
    /// <param name="model">The model found; null where the registry has none of that name.</param>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="metricModel">What metrics call the model.</param>
    /// <param name="stream">Whether a stream is asked for.</param>
    /// <param name="revision">The revision that serves the request.</param>
    public void Begin(ModelEntry? model, string name, string metricModel, bool stream, long revision)
    {
        _model = metricModel;
        if (ChatSpans.Enabled)
        {
            _span = ChatSpans.StartRequest(HeadOf(model, name), stream, revision);
        }
    }

    /// <summary>Called before each attempt: the last one's provider is the request's.</summary>
    public AttemptTelemetry Attempt(Candidate candidate, ChatRequest request, int number, in AttemptReason reason)
    {
        _provider = candidate.Target.ProviderName;
        _tags = _model == candidate.Target.MetricModel ? candidate.TagsOf(_operation) : null;
        return new AttemptTelemetry(this, candidate, request, number, reason, _time) { MaxContent = _maxContent };
    }

    /// <summary>What the request says, read by the first attempt that is to show it.</summary>
    public RequestContent ContentOf(ChatRequest request) => _content ??= RequestContent.Read(request, _maxContent);

    /// <summary>Called where a deployment was chosen and nothing was sent to it: no call that a span or a duration could be of.</summary>
    public void NotSent(string providerId, string? error)
    {
        if (_span is { IsAllDataRequested: true })
        {
            _span.AddEvent(new ActivityEvent(
                TelemetryNames.Own.NotSent, tags: new() { { TelemetryNames.Own.Provider, providerId }, { TelemetryNames.General.ErrorType, error } }));
        }
    }

    /// <summary>Called when a stream's first content is there.</summary>
    /// <param name="arrived">When it came, by the monotonic clock; 0 where nobody looked.</param>
    public void FirstContent(long arrived)
    {
        if (ChatMetrics.ServerFirstToken.Enabled || ChatMetrics.ServerNextToken.Enabled)
        {
            _firstContent = arrived == 0 ? _time.GetTimestamp() : arrived;
            ChatMetrics.ServerFirstToken.Record(_time.GetElapsedTime(_started, _firstContent).TotalSeconds, Tags());
        }
    }

    public void End(string? error, ChatRoute route, decimal? cost, long? outputTokens = null)
    {
        var now = _time.GetTimestamp();
        if (error is null && _firstContent != 0 && outputTokens > 1)
        {
            ChatMetrics.ServerNextToken.Record(_time.GetElapsedTime(_firstContent, now).TotalSeconds / (outputTokens.Value - 1), Tags());
        }

        if (cost is { } known && ChatMetrics.Cost.Enabled)
        {
            ChatMetrics.Cost.Add((double)known, Tags());
        }

        if (ChatMetrics.ServerDuration.Enabled)
        {
            Measure(error, now);
        }

        if (_span is { IsAllDataRequested: true })
        {
            Describe(_span, route, cost);
        }

        _span?.End(error);
    }

    private void Measure(string? error, long now)
    {
        var took = _time.GetElapsedTime(_started, now).TotalSeconds;
        if (error is null && _tags is not null && Buffer is not null)
        {
            Buffer.Duration(ChatMetrics.ServerDuration, _tags.Request, took, now);
        }
        else
        {
            ChatMetrics.ServerDuration.Record(took, Tags(error));
        }
    }

    // A wildcard's callers make up names; its own is one of a closed set.
    private SpanHead HeadOf(ModelEntry? model, string name)
    {
        var shown = model is null ? TelemetryNames.Other : model.IsWildcard ? model.Id : name;
        if (model?.SpanHead is { } head && head.Is(_operation, shown))
        {
            return head;
        }

        head = SpanHead.OfRequest(_operation, shown);
        model?.SpanHead = head;
        return head;
    }

    private void Describe(Activity span, ChatRoute route, decimal? cost)
    {
        span.AddTag(TelemetryNames.Own.Attempts, SpanValues.Of(route.Attempts));
        if (route.Deployment is not null)
        {
            span.AddTag(TelemetryNames.Own.Deployment, route.Deployment);
            span.AddTag(TelemetryNames.GenAI.ProviderName, _provider);
        }

        if (route.FallbackModel is not null)
        {
            span.AddTag(TelemetryNames.Own.Fallback, route.FallbackModel);
        }

        if (cost is not null)
        {
            span.AddTag(TelemetryNames.Own.Cost, (double)cost);
        }
    }

    private ReadOnlySpan<KeyValuePair<string, object?>> Tags(string? error = null)
    {
        if (error is null && _tags is not null)
        {
            return _tags.Request;
        }

        List<KeyValuePair<string, object?>> tags =
        [
            new(TelemetryNames.GenAI.OperationName, _operation),
            new(TelemetryNames.GenAI.RequestModel, _model),
        ];
        if (_provider is not null)
        {
            tags.Add(new(TelemetryNames.GenAI.ProviderName, _provider));
        }

        if (error is not null)
        {
            tags.Add(new(TelemetryNames.General.ErrorType, error));
        }

        return CollectionsMarshal.AsSpan(tags);
    }
}
