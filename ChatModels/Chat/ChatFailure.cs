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
}
