using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Writing;

/// <summary>What one write wants: the one form under every verb, so that each rule exists once.</summary>
/// <param name="Op">Which verb, from <see cref="RegistryOps"/>.</param>
/// <param name="Actor">Who asks, for the log.</param>
/// <param name="Entities">The entities concerned, each at most once.</param>
internal sealed record RegistryChange(string Op, string Actor, IReadOnlyList<EntityChange> Entities)
{
    /// <summary>Mistakes in what was given that leave nothing to hold against a registry: an entity without a name, or given twice.</summary>
    public IReadOnlyList<ValidationIssue> Mistakes { get; init; } = [];

    /// <summary>Adds what only the snapshot tells; null where the change is complete.</summary>
    public IChangeCompletion? Completion { get; init; }

    /// <summary>What is in the store and can't be read: it is there to be replaced or deleted.</summary>
    public IReadOnlySet<(EntityKind Kind, string Id)> Unreadable { get; init; } = new HashSet<(EntityKind, string)>();

    /// <summary>Whether it concerns any number of entities, so that its answer says what became of them.</summary>
    public bool IsBulk { get; init; }

    /// <summary>Whether to write nothing and only say what would change.</summary>
    public bool DryRun { get; init; }
}
