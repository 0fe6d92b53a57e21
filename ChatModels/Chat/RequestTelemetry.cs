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
    private string _model = TelemetryNames.OtherModel;
    private string? _provider;

    /// <summary>Called when the model is known, or known not to exist.</summary>
    public void Begin(string model, bool isRegistered, bool stream, long revision)
    {
        _model = isRegistered ? model : TelemetryNames.OtherModel;
        _span = ChatSpans.StartRequest(_operation, _model, stream, revision);
    }

    /// <summary>Called when a stream's first content is there.</summary>
    public void FirstContent()
    {
        if (ChatMetrics.ServerFirstToken.Enabled)
        {
            ChatMetrics.ServerFirstToken.Record(time.GetElapsedTime(_started).TotalSeconds, Tags());
        }
    }

    /// <summary>Called before each attempt: the last one's provider is the request's.</summary>
    public void Attempted(string providerName) => _provider = providerName;

    public void End(string? error, ChatRoute route, decimal? cost)
    {
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
