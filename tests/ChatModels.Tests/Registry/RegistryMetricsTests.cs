using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Xunit;

namespace ChatModels.Tests.Registry;

public sealed class RegistryMetricsTests : StoreTest
{
    [Fact]
    public async Task Metrics_ShowRevisionAgeStateAndWrites()
    {
        var seen = new ConcurrentBag<(string Name, double Value, object? Tag)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "ChatModels")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add((instrument.Name, value, tags.IsEmpty ? null : tags[0].Value)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add((instrument.Name, value, tags.IsEmpty ? null : tags[0].Value)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.Add((instrument.Name, value, tags.IsEmpty ? null : tags[0].Value)));
        listener.Start();
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        for (var i = 0; i < 41; i++)
        {
            await replica.PutAsync("echo", Sample.Provider with { MaxConcurrency = i + 1 });
        }

        Store.Down = true;
        Time.Advance(TimeSpan.FromSeconds(76.75));
        Store.BeforeReadHead = () =>
        {
            Time.Advance(TimeSpan.FromSeconds(0.25));
            return Task.CompletedTask;
        };
        await replica.RefreshAsync();
        Store.BeforeReadHead = () => Task.CompletedTask;
        await replica.PutAsync("echo", Sample.Provider);
        listener.RecordObservableInstruments();

        // Other tests of this process have registries too: these values are ours.
        Assert.Contains(("chatmodels.registry.revision", 42, null), seen);
        Assert.Contains(("chatmodels.registry.age", 77, null), seen);
        Assert.Contains(("chatmodels.registry.state", 1, "stale"), seen);
        Assert.Contains(("chatmodels.registry.writes", 1, ErrorCodes.RegistryUnavailable), seen);
        Assert.Contains(("chatmodels.registry.providers", 1, null), seen);
        Assert.Contains(("chatmodels.registry.models", 0, null), seen);
        Assert.Contains(("chatmodels.registry.refresh.duration", 0.25, "unavailable"), seen);
    }
}
