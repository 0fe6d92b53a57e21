namespace ChatModels.Chat.Routing;

/// <summary>Counts the attempts, and decides which failure the caller sees when none succeeds.</summary>
internal sealed partial class RequestRun
{
    /// <summary>A place comes free as soon as any request ends; nobody knows when.</summary>
    private static readonly TimeSpan SaturatedWait = TimeSpan.FromSeconds(1);

    private Candidate? _last;
    private Candidate? _before;
    private Candidate? _saturated;
    private ChatFailure? _first;
    private TimeSpan _smallestRetryAfter = TimeSpan.MaxValue;
    private bool _isFallback;
    private bool _wasFallback;
    private bool _hasOtherFailures;

    public int Attempts { get; private set; }

    /// <summary>Whether the last failure would be every deployment's.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Whether a provider was replaced before it could be used: the current snapshot has another.</summary>
    public bool IsGone { get; private set; }

    public void Begin(Candidate candidate, bool isFallback)
    {
        Attempts++;
        (_before, _wasFallback) = (_last, _isFallback);
        (IsGone, _last, _isFallback) = (false, candidate, isFallback);
    }

    /// <summary>Told why an attempt failed; one whose request was never sent is none.</summary>
    public void Failed(ChatFailure failure, bool isGone, bool wasNeverSent)
    {
        IsGone = isGone;
        if (wasNeverSent)
        {
            Attempts--;
            (_last, _isFallback) = (_before, _wasFallback);
        }

        if (isGone)
        {
            return;
        }

        IsFinal = UpstreamErrors.IsCallersMistake(failure);
        _first = IsFinal ? failure : _first ?? failure;
        _hasOtherFailures |= failure.Code != ErrorCodes.UpstreamRateLimited;
        _smallestRetryAfter = failure.RetryAfter < _smallestRetryAfter ? failure.RetryAfter.Value : _smallestRetryAfter;
    }

    /// <summary>The model itself can't be tried here; its fallbacks may.</summary>
    public void Refused(ChatFailure refusal)
    {
        _first ??= refusal;
        _hasOtherFailures = true;
    }

    /// <summary>A provider is at its limit, and so is its queue.</summary>
    public void Saturated(Candidate candidate)
    {
        _saturated ??= candidate;
        _smallestRetryAfter = SaturatedWait < _smallestRetryAfter ? SaturatedWait : _smallestRetryAfter;
    }

    /// <summary>What the caller sees: its own mistake, else the first deployment's failure; 429 only when every deployment said so, with the shortest wait.</summary>
    public ChatFailure Failure()
    {
        var failure = _first ?? NothingTried();
        return failure.Code is not (ErrorCodes.UpstreamRateLimited or ErrorCodes.ProviderSaturated) ? failure
            : _hasOtherFailures ? failure with { Status = 503 }
            : failure with { RetryAfter = _smallestRetryAfter == TimeSpan.MaxValue ? null : _smallestRetryAfter };
    }

    private ChatFailure NothingTried() => _saturated?.Deployment.Provider.Id is not { } provider
        ? new ChatFailure(ErrorCodes.ModelUnavailableHere, 503, $"Nothing that serves model '{request.Model}' can be used here now.")
        : new ChatFailure(ErrorCodes.ProviderSaturated, 429, $"Provider '{provider}' has as many requests under way and waiting as its maxConcurrency and the queue allow; try again in a moment.")
        {
            Provider = provider,
        };
}
