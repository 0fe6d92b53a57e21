using System.Runtime.CompilerServices;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>A provider's stream of chunks or events, passed through frame by frame: unwanted usage taken out, and never a cut answer that looks like a whole one.</summary>
internal sealed class ChunkStream(Stream body, ChatRequest request, Deployment deployment, AttemptDeadline deadline, TimeSpan idleTimeout) : IDisposable
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();
    private static readonly byte[] MessageStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8.ToArray();

    private readonly bool _isMessages = request.Operation == UpstreamOperation.Messages;
    private readonly SseFrameReader _frames = new(body);
    private AnswerFacts _facts;
    private ReadOnlyMemory<byte>? _closing;
    private bool _handedOut;
    private bool _ended;

    /// <summary>Told of each chunk.</summary>
    public AttemptTelemetry? Telemetry { get; init; }

    public AnswerFacts Facts => _facts;

    /// <summary>Why the stream did not end as it should; null while it runs and after a good end.</summary>
    public ChatFailure? Failure { get; private set; }

    /// <summary>Reads until content is there, and holds it back: until then another deployment can still be tried. Null: there is content, or a good end without any.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatFailure?> ReadToContentAsync()
    {
        Scan();
        while (!_facts.HasContent && _closing is null)
        {
            await FillAsync().ConfigureAwait(false);
            Scan();
        }

        return _facts.HasContent ? null : Failure;
    }

    /// <summary>The next whole frames; empty behind the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        if (_handedOut)
        {
            _frames.Release();
            _handedOut = false;
        }

        while (true)
        {
            Scan();
            if (_frames.Pending is { Length: > 0 } pending)
            {
                _handedOut = true;
                return pending;
            }

            if (_ended || _closing is { } _)
            {
                var closing = _ended ? default : _closing!.Value;
                _ended = true;
                return closing;
            }

            await FillAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _frames.Dispose();

    private void Scan()
    {
        while (_closing is null && _frames.TryNext())
        {
            ReadFrame(_frames.Frame.Span);
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> frame)
    {
        var data = SseFrameReader.Data(frame);
        if (SseFrameReader.HasLoneCarriageReturn(frame))
        {
            // A line end to our clients and none to us: they would read other events than we have checked.
            _frames.Drop();
            Fail(UpstreamErrors.NotAnAnswer(deployment, "sent an event whose lines end with a carriage return alone"));
            return;
        }

        if (data.IsEmpty)
        {
            if (!frame.StartsWith(":"u8) || frame.IndexOf("\ndata"u8) >= 0)
            {
                _frames.Drop(); // No event to some clients, an empty one to others: 'data' without a colon is one.
            }

            return;
        }

        if (!_isMessages && data.SequenceEqual("[DONE]"u8))
        {
            _frames.Drop();
            End();
            return;
        }

        if (!(_isMessages ? _facts.TryReadMessage(data, out var kind) : _facts.TryRead(data, out kind)))
        {
            _frames.Drop();
            Fail(UpstreamErrors.NotAnAnswer(deployment, "sent an event that is not JSON"));
        }
        else if (kind is ObjectKind.Answer)
        {
            Telemetry?.Chunk();
        }
        else if (kind == ObjectKind.UsageOnly && !request.StreamOptions.IncludeUsage)
        {
            _frames.Drop();
        }
        else if (kind == ObjectKind.End)
        {
            _frames.Drop();
            End();
        }
        else if (kind == ObjectKind.Error)
        {
            // The provider's own words may name its keys or hosts; ours go out.
            _frames.Drop();
            Fail(new ChatFailure(ErrorCodes.UpstreamError, 502, $"Provider '{deployment.Provider.Id}' reported an error in its stream.") { Provider = deployment.Provider.Id });
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillAsync()
    {
        try
        {
            deadline.Start(idleTimeout);
            if (!await _frames.FillAsync(deadline.Token).ConfigureAwait(false))
            {
                EndOfBody();
            }
        }
        catch (OperationCanceledException) when (!deadline.IsCallers)
        {
            Fail(new ChatFailure(ErrorCodes.StreamIdleTimeout, 504, $"Provider '{deployment.Provider.Id}' sent nothing for {idleTimeout}.") { Provider = deployment.Provider.Id });
        }
        catch (Exception e) when (e is not OperationCanceledException && UpstreamErrors.From(e, deployment) is { } failure)
        {
            Fail(failure);
        }
        finally
        {
            deadline.Stop();
        }
    }

    private void EndOfBody()
    {
        // Some upstreams leave out the last blank line, or [DONE] altogether.
        var rest = _frames.Rest.Span;
        var data = SseFrameReader.Data(rest);
        if (rest.Trim("\r\n "u8).IsEmpty || IsEnd(data))
        {
            End();
        }
        else
        {
            Fail(Truncated());
        }
    }

    private bool IsEnd(ReadOnlySpan<byte> data) =>
        _isMessages ? _facts.TryReadMessage(data, out var kind) && kind == ObjectKind.End : data.SequenceEqual("[DONE]"u8);

    private void End()
    {
        if (_facts.IsUnfinished || !_facts.HasContent)
        {
            Fail(Truncated());
        }
        else
        {
            _closing ??= _isMessages ? MessageStop : Done;
        }
    }

    private ChatFailure Truncated() =>
        new(ErrorCodes.UpstreamTruncated, 502, $"Provider '{deployment.Provider.Id}' ended its stream before the answer was complete.") { Provider = deployment.Provider.Id };

    private void Fail(ChatFailure failure)
    {
        Failure ??= failure;
        _closing ??= ErrorBody.AsEvent(request.Call, failure);
    }
}
