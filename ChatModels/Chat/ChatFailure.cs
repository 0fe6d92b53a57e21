namespace ChatModels.Chat;

/// <summary>Why a request could not be answered: a value until the edge, where it becomes a status and the surface's error shape.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Status">The HTTP status that says it.</param>
/// <param name="Message">A sentence that names what is wrong and the cure; no secrets, no upstream addresses.</param>
public sealed record ChatFailure(string Code, int Status, string Message)
{
    /// <summary>The request's field that is wrong.</summary>
    public string? Param { get; init; }

    /// <summary>How long to wait before trying again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider whose answer decided.</summary>
    public string? Provider { get; init; }

    /// <summary>The status with which that provider answered.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>The provider's own error in the surface's shape, passed on as it stands; null where ours is sent.</summary>
    public ReadOnlyMemory<byte>? UpstreamBody { get; init; }

    /// <summary>The same as an exception, for callers in process.</summary>
    internal ChatModelsException ToException() => new("chat", Code, Category, Message)
    {
        Retryable = Status is 429 or >= 500 && Code is not ErrorCodes.UpstreamAuthentication and not ErrorCodes.UpstreamModelNotFound,
        RetryAfter = RetryAfter,
        Provider = Provider,
        UpstreamStatus = UpstreamStatus,
    };

    private ErrorCategory Category => Code switch
    {
        ErrorCodes.UpstreamAuthentication or ErrorCodes.UpstreamModelNotFound or ErrorCodes.ModelUnavailableHere => ErrorCategory.Configuration,
        ErrorCodes.RegistryNotLoaded => ErrorCategory.Store,
        ErrorCodes.InternalError => ErrorCategory.Internal,
        _ => Status < 429 ? ErrorCategory.Caller : ErrorCategory.Upstream,
    };
}
