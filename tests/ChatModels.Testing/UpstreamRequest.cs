using System.Diagnostics;
using System.Text.Json;

namespace ChatModels.Testing;

/// <summary>What one caller sent to a <see cref="FakeUpstream"/>, and how it ended.</summary>
public sealed class UpstreamRequest
{
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _cancelledAt;

    public required string Method { get; init; }

    /// <summary>Path and query, as sent.</summary>
    public required string Path { get; init; }

    /// <summary>Names compare without case; repeated headers are joined with a comma.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required byte[] Body { get; init; }

    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The caller went away before the upstream was done.</summary>
    public bool IsCancelled => _cancelled.Task.IsCompleted;

    public Task CancelledAsync(CancellationToken cancellationToken = default) =>
        WaitUntil.SignalAsync(_cancelled.Task, $"the caller to cancel {Method} {Path}", cancellationToken: cancellationToken);

    /// <summary>The upstream is done with it, well or badly.</summary>
    public Task EndedAsync(CancellationToken cancellationToken = default) =>
        WaitUntil.SignalAsync(_ended.Task, $"the end of {Method} {Path}", cancellationToken: cancellationToken);

    /// <summary>When the upstream noticed that the caller had gone, as <see cref="Stopwatch.GetTimestamp"/>; 0 while it has not.</summary>
    public long CancelledAt => Volatile.Read(ref _cancelledAt);

    internal void MarkCancelled()
    {
        Interlocked.CompareExchange(ref _cancelledAt, Stopwatch.GetTimestamp(), 0);
        _cancelled.TrySetResult();
    }

    internal void MarkEnded() => _ended.TrySetResult();
}
