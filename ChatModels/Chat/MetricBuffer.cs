using System.Diagnostics.Metrics;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

/// <summary>What attempts, streams and requests measured that went well, to be recorded many at once: each waits where the processor that ran it has it at hand.</summary>
/// <remarks>
/// What adds an instrument up belongs to all processors together: under load, whoever records waits until another one has handed over what it has just written.
/// Recorded one after the other, a hundred wait hardly more often than one. While there is little to record, each is recorded at once.
/// </remarks>
internal sealed class MetricBuffer(IOptions<MetricOptions> options, SteadyRun steady, TimeProvider time) : BackgroundService
{
    /// <summary>The most that wait at one processor.</summary>
    public const int Capacity = 128;

    /// <summary>The longest that anything waits.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    // Whoever comes later than this after the last ones is not one of many.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(10);

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Stripe(time))];
    private volatile bool _hasEnded;

    /// <summary>Whether it is to be used; else everything is recorded at once, by whoever measured it.</summary>
    public bool IsOn { get; } = options.Value.Buffered;

    /// <summary>Whether measurements are to name the trace that they were made in: then it is no use to record them later, in another one.</summary>
    public static bool WantsExemplars(IConfiguration configuration) =>
        configuration["OTEL_METRICS_EXEMPLAR_FILTER"]?.Trim() is { Length: > 0 } filter && !filter.Equals("always_off", StringComparison.OrdinalIgnoreCase);

    /// <summary>An attempt that was answered.</summary>
    /// <param name="tags">What it is told by.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="usage">The tokens it used, as far as that is known.</param>
    /// <param name="now">The monotonic clock.</param>
    public void Attempt(AttemptTags tags, double seconds, in TokenUsage usage, long now) =>
        Add(new Entry { Duration = ChatMetrics.ClientDuration, Tags = tags.Attempt, Seconds = seconds, Usage = usage, Attempt = tags }, now);

    /// <summary>Anything else that took its time and went well.</summary>
    /// <param name="duration">The instrument.</param>
    /// <param name="tags">What it is told by; nobody may change them any more.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="now">The monotonic clock.</param>
    public void Duration(Histogram<double> duration, KeyValuePair<string, object?>[] tags, double seconds, long now) =>
        Add(new Entry { Duration = duration, Tags = tags, Seconds = seconds }, now);

    /// <summary>Records what waits.</summary>
    public void Flush()
    {
        foreach (var stripe in _stripes)
        {
            stripe.Flush();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => IsOn ? steady.RunAsync(this, RunAsync, stoppingToken) : Task.CompletedTask;

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Longest, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Flush();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops, and who exports metrics is still there. Whoever comes after this is recorded at once.
            _hasEnded = true;
            Flush();
        }
    }

    private void Add(in Entry entry, long now)
    {
        var stripe = _stripes[(uint)Thread.GetCurrentProcessorId() % (uint)_stripes.Length];
        stripe.Add(entry, now);
        if (_hasEnded)
        {
            stripe.Flush();
        }
    }

    private struct Entry
    {
        public Histogram<double>? Duration;
        public KeyValuePair<string, object?>[] Tags;
        public double Seconds;
        public AttemptTags? Attempt;
        public TokenUsage Usage;
    }

    private sealed class Stripe(TimeProvider time)
    {
        private readonly Lock _lock = new();
        private Entry[] _entries = new Entry[Capacity];
        private Entry[]? _spare;
        private int _count;
        private long _lastFlush = time.GetTimestamp();

        public void Add(in Entry entry, long now)
        {
            Entry[] full;
            int count;
            lock (_lock)
            {
                _entries[_count++] = entry;
                if (_count < Capacity && time.GetElapsedTime(_lastFlush, now) < Quiet)
                {
                    return;
                }

                (full, count) = Take(now);
            }

            Record(full, count);
        }

        public void Flush()
        {
            Entry[] full;
            int count;
            lock (_lock)
            {
                if (_count == 0)
                {
                    return;
                }

                (full, count) = Take(time.GetTimestamp());
            }

            Record(full, count);
        }

        private (Entry[] Full, int Count) Take(long now)
        {
            var taken = (_entries, _count);
            _entries = _spare ?? new Entry[Capacity];
            (_spare, _count, _lastFlush) = (null, 0, now);
            return taken;
        }

        // Outside the lock: whoever listens may take its time. Instrument by instrument, so that each is at hand for the next one.
        private void Record(Entry[] full, int count)
        {
            var entries = full.AsSpan(0, count);
            for (var first = 0; first < entries.Length; first++)
            {
                if (entries[first].Duration is { } duration)
                {
                    Record(duration, entries[first..]);
                }
            }

            foreach (ref readonly var entry in entries)
            {
                if (entry.Attempt is { } tags)
                {
                    ChatMetrics.Record(entry.Usage.Input, entry.Usage.Output, tags);
                }
            }

            entries.Clear(); // Nothing is kept alive by having been measured.
            lock (_lock)
            {
                _spare ??= full;
            }
        }

        private static void Record(Histogram<double> duration, Span<Entry> entries)
        {
            foreach (ref var entry in entries)
            {
                if (entry.Duration == duration)
                {
                    duration.Record(entry.Seconds, entry.Tags);
                    entry.Duration = null;
                }
            }
        }
    }
}
