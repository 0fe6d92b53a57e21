using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>Counts a request's attempts, and decides which failure its caller sees when none succeeds.</summary>
internal sealed class AttemptTally
{
    private Deployment? _last;
    private ChatFailure? _first;
    private bool _allRateLimited = true;
    private TimeSpan? _smallestRetryAfter;

    public int Attempts { get; private set; }

    /// <summary>Whether the last failure would be every deployment's.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Whether a provider was replaced before it could be used: the current snapshot has another.</summary>
    public bool IsGone { get; private set; }

    public void Begin(Deployment deployment)
    {
        Attempts++;
        IsGone = false;
        _last = deployment;
    }

    public void Failed(ChatFailure failure, bool isGone)
    {
        IsGone = isGone;
        if (isGone)
        {
            Attempts--;
            return;
        }

        IsFinal = UpstreamErrors.IsCallersMistake(failure);
        _first = IsFinal ? failure : _first ?? failure;
        _allRateLimited &= failure.Code == ErrorCodes.UpstreamRateLimited;
        _smallestRetryAfter = failure.RetryAfter is { } after && (_smallestRetryAfter is null || after < _smallestRetryAfter) ? after : _smallestRetryAfter;
    }

    /// <summary>What the caller sees: its own mistake, else the first deployment's failure; 429 only when every deployment said so, with the shortest wait.</summary>
    public ChatFailure Failure(string model)
    {
        var failure = _first ?? new ChatFailure(ErrorCodes.ModelUnavailableHere, 503, $"Nothing that serves model '{model}' can be used here now.");
        return failure.Code != ErrorCodes.UpstreamRateLimited ? failure
            : _allRateLimited ? failure with { RetryAfter = _smallestRetryAfter }
            : failure with { Status = 503 };
    }

    public ChatRoute Route(RegistrySnapshot snapshot) =>
        new(snapshot.Head?.Revision ?? 0, Attempts, _last is null ? null : $"{_last.Provider.Id}/{_last.Config.Model}");
}
