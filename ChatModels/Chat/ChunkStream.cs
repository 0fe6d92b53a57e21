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
    private readonly FrameSource _source = new(body, deployment, deadline, idleTimeout);
    private AnswerFacts _facts;
    private ChunkShape _shape;
    private int _measured;
    private ReadOnlyMemory<byte>? _closing;
    private bool _handedOut;
    private bool _ended;

    /// <summary>Told of chunks as they arrive.</summary>
    public AttemptTelemetry? Telemetry
    {
        get;
        init
        {
            field = value;
            _facts = new AnswerFacts { CountsOnly = value is not { IsTraced: true } };
        }
    }

    public AnswerFacts Facts => _facts;

    /// <summary>Whether nothing follows what was read last.</summary>
    public bool IsAtEnd => _ended;

    /// <summary>Why the stream did not end as it should; null while it runs and after a good end.</summary>
    public ChatFailure? Failure { get; private set; }

    /// <summary>Reads until content is there, and holds it back: until then another deployment can still be tried. Null: there is content, or a good end without any.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatFailure?> ReadToContentAsync()
    {
        Scan();
        while (!_facts.HasContent && _closing is null)
        {
            Take(await _source.FillAsync().ConfigureAwait(false));
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
            Frames.Release();
            _handedOut = false;
        }

        while (true)
        {
            if (_source.IsAhead)
            {
                Take(await _source.TakeAheadAsync().ConfigureAwait(false));
            }

            Scan();
            if (!Frames.Pending.IsEmpty)
            {
                // A flush costs more than a read: whatever has come by now goes out together.
                if (_closing is null && Frames.HasRoom && _source.ReadAhead())
                {
                    continue;
                }

                // Asked for only now: making room for a read moves what is there.
                _handedOut = true;
                _ended = _closing is { IsEmpty: true };
                return Frames.Pending;
            }

            if (_ended)
            {
                if (Failure is null)
                {
                    await _source.ReadToEndAsync().ConfigureAwait(false);
                }

                return default;
            }

            if (_closing is { } closing)
            {
                _ended = true;
                return closing;
            }

            Take(await _source.FillAsync().ConfigureAwait(false));
        }
    }

    public void Dispose() => _source.Dispose();

    private SseFrameReader Frames => _source.Frames;

    /// <summary>What a read has come to.</summary>
    private void Take(ChatFailure? failure)
    {
        if (failure is not null)
        {
            Fail(failure);
        }
        else if (_source.IsAtEnd)
        {
            EndOfBody();
        }
    }

    private void Scan()
    {
        while (_closing is null && Frames.TryNext())
        {
            ReadFrame(Frames.Frame.Span);
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> frame)
    {
        var data = SseFrameReader.Data(frame);
        if (SseFrameReader.Ambiguity(frame) is { } ambiguity)
        {
            Frames.Drop();
            Fail(UpstreamErrors.NotAnAnswer(deployment, $"sent an event {ambiguity}"));
            return;
        }

        if (data.IsEmpty)
        {
            if (!frame.StartsWith(":"u8) || frame.IndexOf("\ndata"u8) >= 0)
            {
                Frames.Drop(); // No event to some clients, an empty one to others: 'data' without a colon is one.
            }

            return;
        }

        if (!_isMessages && data.SequenceEqual("[DONE]"u8))
        {
            End(frame);
            return;
        }

        if (_shape.Fits(data))
        {
            Tell(data);
        }
        else if (!(_isMessages ? _facts.TryReadMessage(data, out var kind) : _facts.TryRead(data, out kind)))
        {
            Frames.Drop();
            Fail(UpstreamErrors.NotAnAnswer(deployment, "sent an event that is not JSON"));
        }
        else if (kind is ObjectKind.Answer)
        {
            Tell(data);
            if (!_isMessages)
            {
                _shape.Remember(data);
            }
        }
        else if (kind == ObjectKind.UsageOnly && !request.StreamOptions.IncludeUsage)
        {
            Frames.Drop();
        }
        else if (kind == ObjectKind.End)
        {
            End(frame);
        }
        else if (kind == ObjectKind.Error)
        {
            // The provider's own words may name its keys or hosts; ours go out.
            Frames.Drop();
            Fail(new ChatFailure(ErrorCodes.UpstreamError, 502, $"Provider '{deployment.Provider.Id}' reported an error in its stream.") { Provider = deployment.Provider.Id });
        }
    }

    /// <summary>Chunks that come in one read have arrived together: between them is no time to measure.</summary>
    private void Tell(ReadOnlySpan<byte> chunk)
    {
        Telemetry?.Said(chunk);
        if (_measured != _source.Arrivals)
        {
            _measured = _source.Arrivals;
            Telemetry?.Chunk();
        }
    }

    private void EndOfBody()
    {
        // Some upstreams leave out the last blank line, or [DONE] altogether.
        var rest = Frames.Rest.Span;
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

    private bool IsCut => _facts.IsUnfinished || !_facts.HasContent;

    private bool IsEnd(ReadOnlySpan<byte> data) =>
        _isMessages ? _facts.TryReadMessage(data, out var kind) && kind == ObjectKind.End : data.SequenceEqual("[DONE]"u8);

    /// <summary>The mark of the end has come. As a rule it is the usual one, and stays where it is; any other is replaced by that.</summary>
    private void End(ReadOnlySpan<byte> mark)
    {
        if (mark.SequenceEqual(_isMessages ? MessageStop : Done) && !IsCut)
        {
            _closing = default(ReadOnlyMemory<byte>);
        }
        else
        {
            Frames.Drop();
            End();
        }
    }

    private void End()
    {
        if (IsCut)
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
