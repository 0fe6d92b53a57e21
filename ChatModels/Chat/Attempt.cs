using System.Runtime.CompilerServices;
using ChatModels.Chat.Routing;
using ChatModels.Chat.Translation;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>One call to one deployment, and everything that it holds until its answer has gone out.</summary>
internal sealed class Attempt(ChatRequest request, Candidate candidate, AttemptTelemetry? telemetry, ChatPathOptions options, TimeProvider time, long ends, CancellationToken caller)
    : IAsyncDisposable
{
    /// <summary>An answer up to this size is complete before its first byte goes out, so that a broken one can still be an error.</summary>
    private const int BufferLimit = 1024 * 1024;

    private const int FirstBuffer = 16 * 1024;

    private readonly Deployment _deployment = candidate.Deployment;
    private readonly AttemptDeadline _deadline = new(time, caller) { Ends = ends };
    private ProviderLease _lease;
    private UpstreamModel _upstream;
    private RequestBody? _body;
    private UpstreamReply? _reply;
    private AnswerFacts _facts = new() { CountsOnly = true };
    private AnswerTail? _tail;
    private bool _isEnded;

    /// <summary>The answer's chunks, when it is a stream.</summary>
    public ChunkStream? Chunks { get; private set; }

    /// <summary>The answer, or its first part, when it is none.</summary>
    public PooledBuffer? Buffer { get; private set; }

    /// <summary>Whether <see cref="Buffer"/> holds the whole answer.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the provider was replaced before the attempt began; the current snapshot has the new one.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether the provider was not even asked: what was asked can't be said in its protocol, or it was replaced.</summary>
    public bool WasNeverSent { get; private set; }

    /// <summary>Why a long answer broke off after its first part had gone out.</summary>
    public ChatFailure? BrokenOff { get; private set; }

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
            _deadline.Start(_deployment.Provider.Config.Timeout);
            _lease = await _deployment.Provider.Slot!.AcquireAsync(_deadline.Token).ConfigureAwait(false);
            if (Prepare(out var translation) is { } failure)
            {
                WasNeverSent = true;
                return failure;
            }

            if (telemetry is not null)
            {
                // Its span is the current one in here alone, so that the next attempt's stands beside it and not below.
                telemetry.Sending();
                _facts = new() { CountsOnly = !telemetry.IsTraced };
            }

            _reply = await _lease.Provider!.SendAsync(UpstreamRequestFor(translation), _deadline.Token).ConfigureAwait(false);
            telemetry?.Answered(_reply.Status, _reply.RequestId);
            return _reply.Status is >= 200 and < 300
                ? await ReadFirstAsync(translation).ConfigureAwait(false)
                : ErrorBody.InShapeOf(request.Call, await UpstreamErrors.ReadAsync(_reply, _deployment, _deadline.Token).ConfigureAwait(false));
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
        try
        {
            (_tail ??= new AnswerTail()).Keep(Buffer!.Memory.Span);
            _deadline.Start(options.StreamIdleTimeout);
            var more = await Buffer.RefillAsync(_reply!.Body, _deadline.Token).ConfigureAwait(false);
            if (!more)
            {
                _facts.Read(_tail, request.Operation);
            }

            return more;
        }
        catch (Exception e) when (!_deadline.IsCallers && UpstreamErrors.MidwayFrom(e, _deployment, options.StreamIdleTimeout) is { } failure)
        {
            BrokenOff = failure;
            throw failure.ToException();
        }
        finally
        {
            _deadline.Stop();
        }
    }

    /// <summary>Told when its answer was read to a good end: no connection has anything to do with it any more.</summary>
    public void LetGo() => _deadline.MayBeReused = true;

    /// <summary>Ends the attempt's telemetry: <paramref name="error"/> is null after success.</summary>
    public void End(string? error)
    {
        if (!_isEnded)
        {
            _isEnded = true;
            candidate.Health.End();
            if (IsComplete && error is null)
            {
                telemetry?.Said(Buffer!.Memory.Span);
            }

            telemetry?.End(error, Chunks?.Facts ?? _facts);
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

    /// <summary>Makes the body that the provider is to get. A failure: it can't be asked this, or not any more.</summary>
    private ChatFailure? Prepare(out WireTranslation? translation)
    {
        translation = null;
        if (_lease.Provider is null)
        {
            IsGone = true;
            return new ChatFailure(ErrorCodes.ModelUnavailableHere, 503, $"Provider '{_deployment.Provider.Id}' is being replaced; try again.");
        }

        _upstream = _deployment.ModelFor(request.Forwarded);
        if (_lease.Serves(request.Operation))
        {
            _body = request.For(_upstream.Json, askUsage: _deployment.Provider.Config.UsageInStream == StreamUsage.Auto);
            return null;
        }

        translation = WireTranslation.Find(request.Operation, _lease.Operations);
        if (translation is null)
        {
            return NotServed();
        }

        (_body, var failure) = translation.Translate(request, _upstream.Name, candidate.Model, _deployment);
        return failure;
    }

    private UpstreamRequest UpstreamRequestFor(WireTranslation? translation) => new()
    {
        Operation = translation?.To ?? request.Operation,
        Model = _upstream.Name,
        Body = _body!,
        Stream = request.Stream,
        Headers = translation is null ? request.Call.Headers ?? [] : [],
    };

    private ChatFailure NotServed() => new(
        ErrorCodes.OperationNotSupported, 400,
        $"The model '{candidate.Model.Id}' is served by provider '{_deployment.Provider.Id}' of type '{_deployment.Provider.Config.Type}', which has nothing like this operation; choose another model.")
    { Param = "model", Provider = _deployment.Provider.Id };

    private ValueTask<ChatFailure?> ReadFirstAsync(WireTranslation? translation)
    {
        if (translation is not null)
        {
            return TranslateFirstAsync(translation);
        }

        if (request.Stream)
        {
            return ReadToContentAsync();
        }

        // As a rule all of it has come together with its head: then nothing is waited for.
        Buffer = new PooledBuffer((int)long.Clamp(_reply!.ContentLength + 1 ?? FirstBuffer, 1, BufferLimit));
        var filling = Buffer.FillAsync(_reply.Body, BufferLimit, _deadline.Token);
        return filling.IsCompletedSuccessfully ? new(ReadWhole(filling.Result)) : ReadWholeAsync(filling);
    }

    private async ValueTask<ChatFailure?> TranslateFirstAsync(WireTranslation translation)
    {
        _reply = await translation.TranslateAsync(_reply!, request, time, _deadline.Token).ConfigureAwait(false);
        return await ReadFirstAsync(translation: null).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatFailure?> ReadToContentAsync()
    {
        if (_reply!.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return UpstreamErrors.NotAnAnswer(_deployment, "was asked for a stream and did not answer with one");
        }

        Chunks = new ChunkStream(_reply.Body, request, _deployment, _deadline, options.StreamIdleTimeout) { Telemetry = telemetry };
        return await Chunks.ReadToContentAsync().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatFailure?> ReadWholeAsync(ValueTask<bool> filling) => ReadWhole(await filling.ConfigureAwait(false));

    private ChatFailure? ReadWhole(bool isComplete)
    {
        IsComplete = isComplete;
        return !isComplete ? null
            : !_facts.TryRead(request.Operation, Buffer!.Memory.Span, out var kind) ? UpstreamErrors.NotAnAnswer(_deployment, "answered with something that is not JSON")
            : kind == ObjectKind.Error ? UpstreamErrors.NotAnAnswer(_deployment, "answered with success and an error in it")
            : kind == ObjectKind.Answer ? null
            : UpstreamErrors.NotAnAnswer(_deployment, "answered with JSON that is no answer to this operation");
    }
}
