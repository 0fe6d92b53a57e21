using ChatModels.Chat;
using ChatModels.Chat.Health;
using ChatModels.Chat.Routing;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ChatModels.Tests.Chat.Health;

/// <summary>Deployments and what is known of them, with a clock that stands until a test moves it.</summary>
internal sealed class HealthLab
{
    private readonly HealthLog _log;

    public HealthLab(ChatPathOptions? options = null)
    {
        Options = options ?? new ChatPathOptions();
        _log = new HealthLog(new MetricNames(Microsoft.Extensions.Options.Options.Create(new MetricOptions())), new FakeLogger<HealthLog>(Logs));
    }

    public FakeTimeProvider Clock { get; } = new();

    public ChatPathOptions Options { get; }

    public FakeLogCollector Logs { get; } = new();

    public long Now => Clock.GetTimestamp();

    public DeploymentHealth Health(string provider = "p", string model = "m")
    {
        var state = new ProviderState(provider, new ProviderGate(Options.QueueLimit, Clock), Clock);
        return new DeploymentHealth(new DeploymentKey(model, provider, "upstream"), state, new CooldownSettings(Options), _log, Clock);
    }

    /// <summary>A model on one provider for each deployment, by weight and priority.</summary>
    public ModelRoute Route(params (int Weight, int Priority)[] deployments) => new([.. deployments.Select((d, i) => Candidate($"p{i}", d.Weight, d.Priority))]);

    private Candidate Candidate(string id, int weight, int priority)
    {
        var provider = new ProviderEntry
        {
            Id = id,
            Config = new ProviderConfig { Type = "simulator" },
            Tag = default,
            Slot = new ProviderSlot("simulator", new ProviderOptions { Id = id }, ChatProviderTypes.Global, new ProviderServices(Clock)),
        };
        var deployment = new Deployment(provider, new DeploymentConfig { Provider = id, Model = "upstream", Weight = weight, Priority = priority });
        var model = new ModelEntry { Id = "m", Config = new ModelConfig { Deployments = [deployment.Config] }, Tag = default, Deployments = [deployment] };
        return new Candidate(model, deployment, Health(id), new(id, "simulator", null));
    }
}
