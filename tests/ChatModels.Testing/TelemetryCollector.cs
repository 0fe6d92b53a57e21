using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace ChatModels.Testing;

/// <summary>
/// Collects the finished activities of the named sources, of this test alone: it opens a trace of its own, makes it current for the
/// code that created the collector, and samples nothing outside it. Over HTTP send <see cref="TraceParent"/>.
/// </summary>
public sealed class TelemetryCollector : IDisposable
{
    private readonly ConcurrentQueue<Activity> _finished = new();
    private readonly ActivityListener _listener;
    private readonly Activity _root;

    public TelemetryCollector(params string[] sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        TraceId = ActivityTraceId.CreateRandom();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name, StringComparer.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = Collect,
        };
        ActivitySource.AddActivityListener(_listener);
        _root = new Activity("test").SetParentId(TraceId, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start();
    }

    public ActivityTraceId TraceId { get; }
    public string TraceParent => $"00-{TraceId}-{_root.SpanId}-01";

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<Activity> Finished => [.. _finished];

    public Activity TheOnly(string name) => Assert.Single(_finished, activity => activity.DisplayName == name);

    /// <summary>A server's span ends a little after its client has the answer.</summary>
    public async Task<Activity> WaitForAsync(Func<Activity, bool> match, string awaited, CancellationToken cancellationToken = default)
    {
        await WaitUntil.TrueAsync(() => _finished.Any(match), awaited, cancellationToken: cancellationToken);
        return _finished.First(match);
    }

    public void Dispose()
    {
        _root.Dispose();
        _listener.Dispose();
    }

    // Another listener in the process may have sampled activities of other traces.
    private void Collect(Activity activity)
    {
        if (activity.TraceId == TraceId)
        {
            _finished.Enqueue(activity);
        }
    }
}
