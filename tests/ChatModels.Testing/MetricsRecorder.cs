using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ChatModels.Testing;

/// <summary>One measurement, as a listener got it.</summary>
public sealed record Measured(Instrument Instrument, double Value, IReadOnlyDictionary<string, object?> Tags)
{
    public string Name => Instrument.Name;

    /// <summary>A tag's value as text; null where there is none.</summary>
    public string? Tag(string key) => Tags.GetValueOrDefault(key)?.ToString();
}

/// <summary>Records every measurement of one meter, in the whole process: a test tells its own by a name that no other test has.</summary>
public sealed class MetricsRecorder : IDisposable
{
    private readonly ConcurrentQueue<Measured> _all = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener;

    public MetricsRecorder(string meter)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == meter)
                {
                    _instruments[instrument.Name] = instrument;
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Every instrument that there is, by name.</summary>
    public IReadOnlyDictionary<string, Instrument> Instruments => _instruments;

    public IReadOnlyList<Measured> All => [.. _all];

    /// <summary>The measurements of one instrument with this value of a tag.</summary>
    public IReadOnlyList<Measured> Of(string instrument, string tag, string value) => [.. _all.Where(m => m.Name == instrument && m.Tag(tag) == value)];

    /// <summary>Asks the instruments that only speak when asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> kept = new(StringComparer.Ordinal);
        foreach (var (key, tag) in tags)
        {
            kept[key] = tag;
        }

        _all.Enqueue(new Measured(instrument, value, kept));
    }
}
