namespace ChatModels.Registry.Writing;

/// <summary>What one write wants: the one form under every verb, so that each rule exists once.</summary>
/// <param name="Op">Which verb, from <see cref="RegistryOps"/>.</param>
/// <param name="Actor">Who asks, for the log.</param>
/// <param name="Entities">The entities concerned, each at most once.</param>
internal sealed record RegistryChange(string Op, string Actor, IReadOnlyList<EntityChange> Entities);
