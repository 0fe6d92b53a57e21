using System.Runtime.CompilerServices;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>A provider's stream of chunks or events, passed through frame by frame: unwanted usage taken out, and never a cut answer that looks like a whole one.</summary>
internal sealed class ChunkStream(Stream body, ChatRequest request, Deployment deployment, AttemptDeadline deadline, TimeSpan idleTimeout) : IDisposable
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();
    private static readonly TimeSpan EndOfBodyWait = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] MessageStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8.ToArray();

    private readonly bool _isMessages = request.Operation == UpstreamOperation.Messages;
    private readonly SseFrameReader _frames = new(body);
    private AnswerFacts _facts;
    private ReadOnlyMemory<byte>? _closing;
    private ValueTask _filling;
    private bool _isFilling;
    private bool _handedOut;
    private bool _ended;
    private bool _isBodyAtEnd;

    /// <summary>Told of each chunk.</summary>
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
            if (_isFilling)
            {
                await EndFillAsync().ConfigureAwait(false);
            }

            Scan();
            if (!_frames.Pending.IsEmpty)
            {
                // A flush costs more than a read: whatever has come by now goes out together.
                if (_closing is null && _frames.HasRoom)
                {
                    BeginFill();
                    if (_filling.IsCompleted)
                    {
                        continue;
                    }
                }

                // Asked for only now: making room for a read moves what is there.
                _handedOut = true;
                _ended = _closing is { IsEmpty: true };
                return _frames.Pending;
            }

            if (_ended)
            {
                await ReadToEndOfBodyAsync().ConfigureAwait(false);
                return default;
            }

            if (_closing is { } closing)
            {
                _ended = true;
                return closing;
            }

            await FillAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A read that is still under way is left its buffer until it has ended; whoever disposes has closed its connection.</summary>
    public void Dispose()
    {
        if (_isFilling)
        {
            _ = DisposeAfterFillAsync();
        }
        else
        {
            _frames.Dispose();
        }
    }

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
            End(frame);
            return;
        }

        if (!(_isMessages ? _facts.TryReadMessage(data, out var kind) : _facts.TryRead(data, out kind)))
        {
            _frames.Drop();
            Fail(UpstreamErrors.NotAnAnswer(deployment, "sent an event that is not JSON"));
        }
        else if (kind is ObjectKind.Answer)
        {
            Telemetry?.Chunk(data);
        }
        else if (kind == ObjectKind.UsageOnly && !request.StreamOptions.IncludeUsage)
        {
            _frames.Drop();
        }
        else if (kind == ObjectKind.End)
        {
            End(frame);
        }
        else if (kind == ObjectKind.Error)
        {
            // The provider's own words may name its keys or hosts; ours go out.
            _frames.Drop();
            Fail(new ChatFailure(ErrorCodes.UpstreamError, 502, $"Provider '{deployment.Provider.Id}' reported an error in its stream.") { Provider = deployment.Provider.Id });
        }
    }

    private void BeginFill()
    {
#pragma warning disable CA2012 // Kept in a field on purpose: EndFillAsync is where it is awaited, once.
        _filling = FillAsync();
#pragma warning restore CA2012
        _isFilling = true;
    }

    private ValueTask EndFillAsync()
    {
        _isFilling = false;
        return _filling;
    }

    private async Task DisposeAfterFillAsync()
    {
        await EndFillAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _frames.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillAsync()
    {
        var filling = _frames.FillAsync(deadline.Token);
        var hasToWait = !filling.IsCompleted;
        try
        {
            if (hasToWait)
            {
                deadline.Start(idleTimeout);
            }

            if (!await filling.ConfigureAwait(false))
            {
                _isBodyAtEnd = true;
                EndOfBody();
            }
        }
        catch (Exception e) when (!(e is OperationCanceledException && deadline.IsCallers) && UpstreamErrors.MidwayFrom(e, deployment, idleTimeout) is { } failure)
        {
            Fail(failure);
        }
        finally
        {
            if (hasToWait)
            {
                deadline.Stop();
            }
        }
    }

    /// <summary>The end of the body comes behind that of the answer, often a moment later. With it read, the connection serves the next request; without, it is closed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadToEndOfBodyAsync()
    {
        if (_isBodyAtEnd || Failure is not null)
        {
            return;
        }

        _isBodyAtEnd = true;
        try
        {
            deadline.Start(EndOfBodyWait);
            await _frames.FillAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (UpstreamErrors.From(e, deployment) is not null && !deadline.IsCallers)
        {
            // The client has the whole answer: only the connection is lost.
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
            _frames.Drop();
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
