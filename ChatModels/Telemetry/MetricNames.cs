using Microsoft.Extensions.Options;

namespace ChatModels.Telemetry;

/// <summary>The names of models and providers that metrics may show: every name is a series in each instrument, in this process and in whatever collects them.</summary>
/// <remarks>Safe for any number of threads. It is asked when what a snapshot has is used for the first time, and not for each request.</remarks>
internal sealed class MetricNames(IOptions<MetricOptions> options)
{
    private readonly BoundedNames _models = new(options.Value.MaxModels);
    private readonly BoundedNames _providers = new(options.Value.MaxProviders);

    public string Model(string id) => _models.Of(id);

    public string Provider(string id) => _providers.Of(id);

    /// <summary>Makes room for others where a name is in the registry no longer.</summary>
    public void Follow(Predicate<string> hasModel, Predicate<string> hasProvider)
    {
        _models.Keep(hasModel);
        _providers.Keep(hasProvider);
    }

    private sealed class BoundedNames(int most)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

        public string Of(string name)
        {
            lock (_lock)
            {
                return _shown.Contains(name) || (_shown.Count < most && _shown.Add(name)) ? name : TelemetryNames.Other;
            }
        }

        public void Keep(Predicate<string> isThere)
        {
            lock (_lock)
            {
                _shown.RemoveWhere(name => !isThere(name));
            }
        }
    }
}
