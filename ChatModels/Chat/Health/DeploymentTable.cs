using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ChatModels.Chat.Routing;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Health;

/// <summary>What this process knows of every deployment that was ever asked for; it goes with the deployment, and stays through every other change of the registry.</summary>
/// <remarks>Finding it again for the same entry of a snapshot takes no lock and allocates nothing.</remarks>
internal sealed class DeploymentTable(ModelRegistry registry, IOptions<ChatPathOptions> options, MetricNames names, HealthLog log, TimeProvider time)
{
    private readonly ConditionalWeakTable<ModelEntry, ModelRoute> _routes = [];
    private readonly ConcurrentDictionary<DeploymentKey, DeploymentHealth> _deployments = new();
    private readonly ConcurrentDictionary<string, ProviderState> _providers = new(StringComparer.Ordinal);
    private readonly CooldownSettings _settings = new(options.Value);

    /// <summary>Every deployment that was ever asked for and is still there.</summary>
    public IEnumerable<DeploymentHealth> Deployments => _deployments.Select(d => d.Value);

    /// <summary>Every provider that was ever asked for or probed and is still there.</summary>
    public IEnumerable<ProviderState> Providers => _providers.Select(p => p.Value);

    /// <summary>The deployments of a model with all that is known of them, in the order of its configuration.</summary>
    public ModelRoute RouteOf(ModelEntry model) => _routes.TryGetValue(model, out var route) ? route : _routes.GetValue(model, Build);

    /// <summary>What metrics call a model, whatever name it was found by.</summary>
    public string MetricNameOf(ModelEntry model) => model.MetricName ??= names.Model(model.Id);

    public HealthReport Report(DeploymentKey key) => _deployments.TryGetValue(key, out var health) ? health.Report() : HealthReport.Untried;

    public ProviderState ProviderOf(string id) => _providers.GetOrAdd(id, new ProviderState(id, new ProviderGate(options.Value.QueueLimit, time), time));

    /// <summary>Takes note of what a probe found, unless that is known already.</summary>
    public void Probed(string providerId, DateTimeOffset at, bool isUp, bool isDown, TimeSpan lifetime)
    {
        if (!ProviderOf(providerId).Probed(at, isDown, lifetime) || !isUp)
        {
            return;
        }

        foreach (var (key, health) in _deployments)
        {
            if (key.Provider == providerId)
            {
                health.Reached();
            }
        }
    }

    /// <summary>Forgets what the registry no longer has, and follows its limits. Called off the requests' path, after every publication.</summary>
    public void Follow()
    {
        // First what is known, then what the registry has: the other way around, what a request has just brought from the next snapshot would be taken for what is gone.
        var (deployments, providers) = (_deployments.ToArray(), _providers.ToArray());
        var snapshot = registry.Current;
        foreach (var (key, _) in deployments)
        {
            if (!snapshot.ModelTable.TryGetValue(key.Model, out var model) || !model.Config.Deployments.Any(d => d?.Provider == key.Provider && d.Model == key.UpstreamModel))
            {
                _deployments.TryRemove(key, out _);
            }
        }

        foreach (var (id, state) in providers)
        {
            if (snapshot.ProviderTable.TryGetValue(id, out var entry))
            {
                Follow(state, entry);
            }
            else
            {
                state.Gate.Follow(limit: null); // Whoever waits is let through, and finds out that it is gone.
                _providers.TryRemove(id, out _);
            }
        }

        names.Follow(id => registry.Current.ModelTable.ContainsKey(id), id => registry.Current.ProviderTable.ContainsKey(id));
    }

    private void Follow(ProviderState state, ProviderEntry entry) => state.Follow(entry, () => Forget(state.Id));

    private void Forget(string providerId)
    {
        foreach (var (key, health) in _deployments)
        {
            if (key.Provider == providerId)
            {
                health.Forget();
            }
        }
    }

    private ModelRoute Build(ModelEntry model) => new([.. model.Deployments.Select(deployment => Candidate(model, deployment))]);

    private Candidate Candidate(ModelEntry model, Deployment deployment)
    {
        var provider = ProviderOf(deployment.Provider.Id);

        // What serves now, not what this request began with: an older snapshot must not bring an older configuration back.
        Follow(provider, registry.Current.ProviderTable.GetValueOrDefault(deployment.Provider.Id) ?? deployment.Provider);
        var key = new DeploymentKey(model.Id, deployment.Provider.Id, deployment.Config.Model);
        return new Candidate(model, deployment, _deployments.GetOrAdd(key, k => new DeploymentHealth(k, provider, _settings, log, time)), TargetOf(model, deployment.Provider));
    }

    private AttemptTarget TargetOf(ModelEntry model, ProviderEntry provider) => new(provider.Id, provider.Slot?.TelemetryName ?? provider.Config.Type, provider.Slot?.Endpoint)
    {
        MetricModel = MetricNameOf(model),
        MetricProvider = names.Provider(provider.Id),
    };
}
