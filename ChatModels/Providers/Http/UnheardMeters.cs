using System.Diagnostics.Metrics;

namespace ChatModels.Providers.Http;

/// <summary>Gives a handler instruments that nobody listens to: a call to a provider is the attempt's to measure, and HttpClient would count it a second time.</summary>
internal sealed class UnheardMeters : IMeterFactory
{
    public static readonly UnheardMeters Instance = new();

    private static readonly Meter Unheard = new("unheard");

    public Meter Create(MeterOptions options) => Unheard;

    public void Dispose()
    {
        // It belongs to the process, as its handlers' instruments do.
    }
}
