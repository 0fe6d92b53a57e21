using System.Diagnostics;
using ChatModels.Chat.Routing;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>Span and metrics of one attempt; ended exactly once.</summary>
internal sealed class AttemptTelemetry(Candidate candidate, ChatRequest request, int number, in AttemptReason reason, TimeProvider time)
{
    private readonly Activity? _span = Begin(candidate, request, number, reason);
    private readonly long _started = time.GetTimestamp();
    private long _lastChunk;

    /// <summary>Whether a span is going to show what the answer says of itself.</summary>
    public bool IsTraced => _span is { IsAllDataRequested: true };

    /// <summary>Called with each chunk of a stream.</summary>
    public void Chunk()
    {
        if ((_span is not null && _lastChunk == 0) || ChatMetrics.ClientFirstChunk.Enabled || ChatMetrics.ClientNextChunk.Enabled)
        {
            var now = time.GetTimestamp();
            var isFirst = _lastChunk == 0;
            var took = time.GetElapsedTime(isFirst ? _started : _lastChunk, now).TotalSeconds;
            _lastChunk = now;
            (isFirst ? ChatMetrics.ClientFirstChunk : ChatMetrics.ClientNextChunk).Record(took, Tags());
            if (isFirst)
            {
                _span?.SetTag(TelemetryNames.GenAI.FirstChunk, took);
            }
        }
    }

    public void Answered(int status, string? upstreamRequestId)
    {
        _span?.SetTag(TelemetryNames.General.HttpStatus, status);
        if (upstreamRequestId is not null)
        {
            _span?.SetTag(TelemetryNames.Own.UpstreamRequestId, upstreamRequestId);
        }
    }

    public void End(string? error, in AnswerFacts facts)
    {
        candidate.Health.End();
        if (ChatMetrics.ClientDuration.Enabled)
        {
            var tags = Tags();
            if (error is not null)
            {
                tags.Add(TelemetryNames.General.ErrorType, error);
            }

            ChatMetrics.ClientDuration.Record(time.GetElapsedTime(_started).TotalSeconds, tags);
        }

        if (facts.Usage is { } usage && ChatMetrics.ClientTokens.Enabled)
        {
            RecordTokens(TelemetryNames.GenAI.Input, usage.Input);
            RecordTokens(TelemetryNames.GenAI.Output, usage.Output);
        }

        if (_span is not null)
        {
            Describe(_span, facts);
            _span.End(error);
        }
    }

    private static Activity? Begin(Candidate candidate, ChatRequest request, int number, in AttemptReason reason)
    {
        candidate.Health.Begin();
        var span = ChatSpans.StartAttempt(OperationNames.Of(request.Operation), candidate.Target, candidate.Deployment.Config.Model, request.Stream, number, reason);
        if (span is { IsAllDataRequested: true })
        {
            RequestParameters.Describe(span, request);
        }

        return span;
    }

    private static void Describe(Activity span, in AnswerFacts facts)
    {
        Set(span, TelemetryNames.GenAI.ResponseId, facts.Id);
        Set(span, TelemetryNames.GenAI.ResponseModel, facts.Model);
        Set(span, TelemetryNames.GenAI.FinishReasons, facts.FinishReasons?.ToArray());
        Set(span, TelemetryNames.GenAI.InputTokens, facts.Usage?.Input);
        Set(span, TelemetryNames.GenAI.OutputTokens, facts.Usage?.Output);
        Set(span, TelemetryNames.GenAI.CachedInputTokens, facts.Usage?.CachedInput);
        Set(span, TelemetryNames.GenAI.CacheCreationInputTokens, facts.Usage?.CacheCreation);
        Set(span, TelemetryNames.GenAI.ReasoningTokens, facts.Usage?.Reasoning);
    }

    private static void Set(Activity span, string name, object? value)
    {
        if (value is not null)
        {
            span.SetTag(name, value);
        }
    }

    private void RecordTokens(string type, long? count)
    {
        if (count is { } known)
        {
            var tags = Tags();
            tags.Add(TelemetryNames.GenAI.TokenType, type);
            ChatMetrics.ClientTokens.Record(known, tags);
        }
    }

    private TagList Tags() => new()
    {
        { TelemetryNames.GenAI.OperationName, OperationNames.Of(request.Operation) },
        { TelemetryNames.GenAI.ProviderName, candidate.Target.ProviderName },
        { TelemetryNames.GenAI.RequestModel, candidate.Target.MetricModel },
        { TelemetryNames.Own.Provider, candidate.Target.MetricProvider },
    };
}
