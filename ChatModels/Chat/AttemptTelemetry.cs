using System.Diagnostics;
using ChatModels.Chat.Content;
using ChatModels.Chat.Routing;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>Span and metrics of one attempt, from the moment in which it is sent; ended exactly once.</summary>
internal sealed class AttemptTelemetry(RequestTelemetry asked, Candidate candidate, ChatRequest request, int number, AttemptReason reason, TimeProvider time)
{
    private readonly string _operation = OperationNames.Of(request.Operation);
    private Activity? _span;
    private long _started;
    private long _lastChunk;
    private bool _isSent;
    private AnswerContent? _answer;

    /// <summary>How many characters of what is said the span may show; 0 for none.</summary>
    public int MaxContent { get; init; }

    /// <summary>Whether a span is going to show what the answer says of itself.</summary>
    public bool IsTraced => _span is { IsAllDataRequested: true };

    /// <summary>When chunks of a stream last arrived, by the monotonic clock; 0 where nobody looked.</summary>
    public long LastChunk => _lastChunk;

    /// <summary>Called just before the provider is asked, where its span is to be the current one. Without it there was no call: conventions have spans and durations of calls alone.</summary>
    public void Sending()
    {
        _isSent = true;
        _started = time.GetTimestamp();
        if (!ChatSpans.Enabled)
        {
            return;
        }

        _span = ChatSpans.StartAttempt(candidate.SpanHeadOf(_operation), candidate.Target.ProviderId, request.Stream, number, reason);
        if (IsTraced)
        {
            RequestParameters.Describe(_span!, request);
            ShowRequest(_span!);
        }
    }

    /// <summary>Called when chunks of a stream have arrived.</summary>
    public void Chunk()
    {
        if ((IsTraced && _lastChunk == 0) || ChatMetrics.ClientFirstChunk.Enabled || ChatMetrics.ClientNextChunk.Enabled)
        {
            var now = time.GetTimestamp();
            var isFirst = _lastChunk == 0;
            var took = time.GetElapsedTime(isFirst ? _started : _lastChunk, now).TotalSeconds;
            _lastChunk = now;
            var (duration, tags) = (isFirst ? ChatMetrics.ClientFirstChunk : ChatMetrics.ClientNextChunk, candidate.TagsOf(_operation).Attempt);
            if (asked.Buffer is { } buffer)
            {
                buffer.Duration(duration, tags, took, now);
            }
            else
            {
                duration.Record(took, tags);
            }

            if (isFirst && IsTraced)
            {
                _span!.AddTag(TelemetryNames.GenAI.FirstChunk, took);
            }
        }
    }

    /// <summary>Called with all that was answered, whole or chunk by chunk.</summary>
    public void Said(ReadOnlySpan<byte> json) => _answer?.Add(json);

    public void Answered(int status, string? upstreamRequestId)
    {
        if (!IsTraced)
        {
            return;
        }

        _span!.AddTag(TelemetryNames.General.HttpStatus, SpanValues.Of(status));
        Add(_span, TelemetryNames.Own.UpstreamRequestId, upstreamRequestId);
    }

    public void End(string? error, in AnswerFacts facts)
    {
        if (!_isSent)
        {
            asked.NotSent(candidate.Target.ProviderId, error);
            return;
        }

        if (ChatMetrics.ClientDuration.Enabled || ChatMetrics.ClientTokens.Enabled)
        {
            Measure(error, facts.Usage ?? default);
        }

        if (IsTraced)
        {
            Describe(_span!, facts);
            Add(_span!, TelemetryNames.GenAI.OutputMessages, _answer?.Write());
        }

        _span?.End(error);
    }

    private void Measure(string? error, in TokenUsage usage)
    {
        var (now, tags) = (time.GetTimestamp(), candidate.TagsOf(_operation));
        var took = time.GetElapsedTime(_started, now).TotalSeconds;
        if (error is null && asked.Buffer is { } buffer)
        {
            buffer.Attempt(tags, took, usage, now);
            return;
        }

        ChatMetrics.ClientDuration.Record(took, tags.With(error));
        ChatMetrics.Record(usage.Input, usage.Output, tags);
    }

    private void ShowRequest(Activity span)
    {
        if (MaxContent > 0)
        {
            var content = asked.ContentOf(request);
            Add(span, TelemetryNames.GenAI.SystemInstructions, content.Instructions);
            Add(span, TelemetryNames.GenAI.InputMessages, content.Messages);
            _answer = new AnswerContent(MaxContent);
        }
    }

    private static void Describe(Activity span, in AnswerFacts facts)
    {
        Add(span, TelemetryNames.GenAI.ResponseId, facts.Id);
        Add(span, TelemetryNames.GenAI.ResponseModel, facts.Model);
        Add(span, TelemetryNames.GenAI.FinishReasons, facts.FinishReasons);
        if (facts.Usage is { } usage)
        {
            Add(span, TelemetryNames.GenAI.InputTokens, usage.Input);
            Add(span, TelemetryNames.GenAI.OutputTokens, usage.Output);
            Add(span, TelemetryNames.GenAI.CachedInputTokens, usage.CachedInput);
            Add(span, TelemetryNames.GenAI.CacheCreationInputTokens, usage.CacheCreation);
            Add(span, TelemetryNames.GenAI.ReasoningTokens, usage.Reasoning);
        }
    }

    private static void Add(Activity span, string name, object? value)
    {
        if (value is not null)
        {
            span.AddTag(name, value);
        }
    }

    private static void Add(Activity span, string name, long? count)
    {
        if (count is { } known)
        {
            span.AddTag(name, SpanValues.Of(known));
        }
    }
}
