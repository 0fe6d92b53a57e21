using System.Runtime.CompilerServices;
using ChatModels.Chat.Routing;
using ChatModels.Chat.Translation;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>One call to one deployment, and everything that it holds until its answer has gone out.</summary>
internal sealed class Attempt(ChatRequest request, Candidate candidate, AttemptTelemetry telemetry, ChatPathOptions options, TimeProvider time, long ends, CancellationToken caller)
    : IAsyncDisposable
{
    /// <summary>An answer up to this size is complete before its first byte goes out, so that a broken one can still be an error.</summary>
    private const int BufferLimit = 1024 * 1024;

    private const int FirstBuffer = 16 * 1024;

    private readonly Deployment _deployment = candidate.Deployment;
    private readonly AttemptDeadline _deadline = new(time, caller) { Ends = ends };
    private ProviderLease _lease;
    private RequestBody? _body;
    private UpstreamReply? _reply;
    private AnswerFacts _facts;
    private bool _isEnded;

    /// <summary>The answer's chunks, when it is a stream.</summary>
    public ChunkStream? Chunks { get; private set; }

    /// <summary>The answer, or its first part, when it is none.</summary>
    public PooledBuffer? Buffer { get; private set; }

    /// <summary>Whether <see cref="Buffer"/> holds the whole answer.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the provider was replaced before the attempt began; the current snapshot has the new one.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether the request's body is still on its way: an upstream may answer before it has read everything.</summary>
    public bool IsSending => _body?.IsBeingWritten is true;

    /// <summary>The tokens used, as far as they are known by now.</summary>
    public TokenUsage? Usage => Chunks is { } chunks ? chunks.Facts.Usage : _facts.Usage;

    /// <summary>Calls the provider, and reads as much as can be held back. Null: there is an answer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatFailure?> RunAsync()
    {
        try
        {
            return await SendAsync().ConfigureAwait(false) ?? await ReadFirstAsync(_reply!).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_deadline.IsCallers)
        {
            throw;
        }
        catch (Exception e) when (UpstreamErrors.From(e, _deployment) is { } failure)
        {
            return failure;
        }
        finally
        {
            _deadline.Lift();
        }
    }

    /// <summary>Reads the next part of a long answer; false at its end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> RefillAsync()
    {
        _deadline.Start(options.StreamIdleTimeout);
        var more = await Buffer!.RefillAsync(_reply!.Body, _deadline.Token).ConfigureAwait(false);
        _deadline.Stop();
        return more;
    }

    /// <summary>Told when its answer was read to a good end: no connection has anything to do with it any more.</summary>
    public void LetGo() => _deadline.MayBeReused = true;

    /// <summary>Ends the attempt's telemetry: <paramref name="error"/> is null after success.</summary>
    public void End(string? error)
    {
        if (!_isEnded)
        {
            _isEnded = true;
            telemetry.End(error, Chunks?.Facts ?? _facts);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask DisposeAsync()
    {
        End(_deadline.IsCallers ? ErrorCodes.ClientClosed : ErrorCodes.InternalError);
        if (_reply is not null)
        {
            await _reply.DisposeAsync().ConfigureAwait(false);
        }

        Chunks?.Dispose();
        Buffer?.Dispose();
        _lease.Dispose();
        _deadline.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatFailure?> SendAsync()
    {
        _deadline.Start(_deployment.Provider.Config.Timeout);
        _lease = await _deployment.Provider.Slot!.AcquireAsync(_deadline.Token).ConfigureAwait(false);
        if (_lease.Provider is not { } provider)
        {
            IsGone = true;
            return new ChatFailure(ErrorCodes.ModelUnavailableHere, 503, $"Provider '{_deployment.Provider.Id}' is being replaced; try again.");
        }

        var isNative = _lease.Operations.Contains(request.Operation);
        var translation = isNative ? null : WireTranslation.Find(request.Operation, _lease.Operations);
        if (!isNative && translation is null)
        {
            return NotServed();
        }

        var upstream = _deployment.ModelFor(request.Forwarded);
        if (Prepare(upstream, translation) is { } failure)
        {
            return failure;
        }

        _reply = await provider.SendAsync(
            new UpstreamRequest
            {
                Operation = translation?.To ?? request.Operation,
                Model = upstream.Name,
                Body = _body!,
                Stream = request.Stream,
                Headers = isNative ? request.Call.Headers ?? [] : [],
            },
            _deadline.Token).ConfigureAwait(false);
        telemetry.Answered(_reply.Status, _reply.RequestId);
        if (_reply.Status is < 200 or >= 300)
        {
            return ErrorBody.InShapeOf(request.Call, await UpstreamErrors.ReadAsync(_reply, _deployment, _deadline.Token).ConfigureAwait(false));
        }

        if (translation is not null)
        {
            _reply = await translation.TranslateAsync(_reply, request, time, _deadline.Token).ConfigureAwait(false);
        }

        return null;
    }

    private ChatFailure? Prepare(UpstreamModel upstream, WireTranslation? translation)
    {
        if (translation is null)
        {
            _body = request.For(upstream.Json, askUsage: _deployment.Provider.Config.UsageInStream == StreamUsage.Auto);
            return null;
        }

        (_body, var failure) = translation.Translate(request, upstream.Name, candidate.Model, _deployment);
        return failure;
    }

    private ChatFailure NotServed() => new(
        ErrorCodes.OperationNotSupported, 400,
        $"The model '{candidate.Model.Id}' is served by provider '{_deployment.Provider.Id}' of type '{_deployment.Provider.Config.Type}', which has nothing like this operation; choose another model.")
    { Param = "model", Provider = _deployment.Provider.Id };

    private ValueTask<ChatFailure?> ReadFirstAsync(UpstreamReply reply) => request.Stream ? ReadToContentAsync(reply) : ReadWholeAsync(reply);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatFailure?> ReadToContentAsync(UpstreamReply reply)
    {
        if (reply.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return UpstreamErrors.NotAnAnswer(_deployment, "was asked for a stream and did not answer with one");
        }

        Chunks = new ChunkStream(reply.Body, request, _deployment, _deadline, options.StreamIdleTimeout) { Telemetry = telemetry };
        return await Chunks.ReadToContentAsync().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatFailure?> ReadWholeAsync(UpstreamReply reply)
    {
        Buffer = new PooledBuffer((int)long.Clamp(reply.ContentLength + 1 ?? FirstBuffer, 1, BufferLimit));
        IsComplete = await Buffer.FillAsync(reply.Body, BufferLimit, _deadline.Token).ConfigureAwait(false);
        if (!IsComplete)
        {
            return null;
        }

        return !_facts.TryRead(request.Operation, Buffer.Memory.Span, out var kind) ? UpstreamErrors.NotAnAnswer(_deployment, "answered with something that is not JSON")
            : kind == ObjectKind.Error ? UpstreamErrors.NotAnAnswer(_deployment, "answered with success and an error in it")
            : kind == ObjectKind.Answer ? null
            : UpstreamErrors.NotAnAnswer(_deployment, "answered with JSON that is no answer to this operation");
    }
}
