using System.Diagnostics;
using ChatModels.Providers;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>Span and metrics of one request, all attempts included; ended exactly once, when its answer has gone out.</summary>
internal sealed class RequestTelemetry(UpstreamOperation operation, TimeProvider time)
{
    private readonly string _operation = OperationNames.Of(operation);
    private readonly long _started = time.GetTimestamp();
    private Activity? _span;
    private string _model = TelemetryNames.Other;
    private string? _provider;
    private long _firstContent;

    /// <summary>Called when the model is known, or known not to exist.</summary>
    /// <param name="model">The name that was asked for; null where the registry does not have it.</param>
    /// <param name="metricModel">What metrics call the model.</param>
    /// <param name="stream">Whether a stream is asked for.</param>
    /// <param name="revision">The revision that serves the request.</param>
    public void Begin(string? model, string metricModel, bool stream, long revision)
    {
        _model = metricModel;
        _span = ChatSpans.StartRequest(_operation, model ?? TelemetryNames.Other, stream, revision);
    }

    /// <summary>Called when a stream's first content is there.</summary>
    public void FirstContent()
    {
        if (ChatMetrics.ServerFirstToken.Enabled || ChatMetrics.ServerNextToken.Enabled)
        {
            _firstContent = time.GetTimestamp();
            ChatMetrics.ServerFirstToken.Record(time.GetElapsedTime(_started, _firstContent).TotalSeconds, Tags());
        }
    }

    /// <summary>Called before each attempt: the last one's provider is the request's.</summary>
    public void Attempted(string providerName) => _provider = providerName;

    public void End(string? error, ChatRoute route, decimal? cost, long? outputTokens = null)
    {
        if (error is null && _firstContent != 0 && outputTokens > 1)
        {
            ChatMetrics.ServerNextToken.Record(time.GetElapsedTime(_firstContent).TotalSeconds / (outputTokens.Value - 1), Tags());
        }

        if (cost is { } known && ChatMetrics.Cost.Enabled)
        {
            ChatMetrics.Cost.Add((double)known, Tags());
        }

        if (ChatMetrics.ServerDuration.Enabled)
        {
            var tags = Tags();
            if (error is not null)
            {
                tags.Add(TelemetryNames.General.ErrorType, error);
            }

            ChatMetrics.ServerDuration.Record(time.GetElapsedTime(_started).TotalSeconds, tags);
        }

        if (_span is not null)
        {
            _span.SetTag(TelemetryNames.Own.Attempts, route.Attempts);
            if (route.Deployment is not null)
            {
                _span.SetTag(TelemetryNames.Own.Deployment, route.Deployment);
                _span.SetTag(TelemetryNames.GenAI.ProviderName, _provider);
            }

            if (route.FallbackModel is not null)
            {
                _span.SetTag(TelemetryNames.Own.Fallback, route.FallbackModel);
            }

            if (cost is not null)
            {
                _span.SetTag(TelemetryNames.Own.Cost, (double)cost);
            }

            _span.End(error);
        }
    }

    private TagList Tags()
    {
        TagList tags = new()
        {
            { TelemetryNames.GenAI.OperationName, _operation },
            { TelemetryNames.GenAI.RequestModel, _model },
        };
        if (_provider is not null)
        {
            tags.Add(TelemetryNames.GenAI.ProviderName, _provider);
        }

        return tags;
    }
}
