using System.Diagnostics;

namespace ChatModels;

/// <summary>The one exception that ChatModels throws on purpose: what was attempted, what went wrong, and whether trying again can help.</summary>
/// <remarks>Its message names the field or setting and the cure, and never holds a secret. <see cref="Exception.InnerException"/> is the cause, where there was one.</remarks>
public sealed class ChatModelsException(string op, string code, ErrorCategory category, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The operation that failed, as <c>part.verb</c>: <c>provider_types.create</c>, <c>registry.put_model</c>, <c>chat</c>.</summary>
    public string Op { get; } = op;

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>Whose fault it is.</summary>
    public ErrorCategory Category { get; } = category;

    /// <summary>Whether the same call may succeed later, unchanged.</summary>
    public bool Retryable { get; init; }

    /// <summary>How long to wait before trying again, where somebody said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider (or provider type) concerned.</summary>
    public string? Provider { get; init; }

    /// <summary>The model concerned, by the name that the caller used.</summary>
    public string? Model { get; init; }

    /// <summary>The HTTP status with which the provider answered.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>Every mistake found in what was given, not only the first.</summary>
    public IReadOnlyList<ValidationIssue> Issues { get; init; } = [];

    /// <summary>The trace in which it happened.</summary>
    public string? TraceId { get; init; } = Activity.Current?.TraceId.ToHexString();
}
