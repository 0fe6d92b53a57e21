using ChatModels.Chat.Health;
using ChatModels.Registry;
using ChatModels.Telemetry;

namespace ChatModels.Chat.Routing;

/// <summary>A model's deployments, with what is known of each. A model has at most 64: sets of them are bits.</summary>
internal sealed class ModelRoute
{
    public ModelRoute(Candidate[] candidates)
    {
        Candidates = candidates;
        for (var i = 0; i < candidates.Length; i++)
        {
            Servable |= candidates[i].Deployment.IsServable ? 1UL << i : 0;
        }
    }

    public Candidate[] Candidates { get; }

    /// <summary>Those that are switched on and usable in this process.</summary>
    public ulong Servable { get; }
}

/// <summary>One deployment that may be chosen.</summary>
internal sealed class Candidate(ModelEntry model, Deployment deployment, DeploymentHealth health, AttemptTarget target)
{
    private ChatRoute? _usual;
    private SpanHead? _spanHead;
    private AttemptTags? _tags;

    public ModelEntry Model => model;

    public Deployment Deployment => deployment;

    public DeploymentHealth Health => health;

    /// <summary>Where it is, for telemetry.</summary>
    public AttemptTarget Target => target;

    /// <summary><c>provider/upstream-model</c>.</summary>
    public string Name { get; } = $"{deployment.Provider.Id}/{deployment.Config.Model}";

    /// <summary>What the spans of its attempts begin with.</summary>
    public SpanHead SpanHeadOf(string operation) =>
        _spanHead is { } head && head.Is(operation, deployment.Config.Model) ? head : _spanHead = SpanHead.OfAttempt(operation, deployment.Config.Model, target);

    /// <summary>What metrics say of its attempts.</summary>
    public AttemptTags TagsOf(string operation) => _tags is { } tags && tags.Operation == operation ? tags : _tags = new AttemptTags(operation, target);

    /// <summary>The route of a request that got its answer here at once: most have the same.</summary>
    public ChatRoute UsualRoute(long revision) => _usual is { } usual && usual.Revision == revision ? usual : _usual = new ChatRoute(revision, 1, Name);
}

internal static class Servability
{
    extension(Deployment deployment)
    {
        /// <summary>Whether it is switched on and usable in this process.</summary>
        public bool IsServable => deployment.Provider is { Slot: not null, Config.Enabled: true };
    }
}
