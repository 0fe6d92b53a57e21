using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Writing;

/// <summary>What a write wants of one entity: a configuration to put, or none to delete it.</summary>
internal sealed record EntityChange
{
    private EntityChange(EntityKind kind, string id)
    {
        Kind = kind;
        Id = id;
    }

    public EntityKind Kind { get; }

    public string Id { get; }

    public ProviderConfig? Provider { get; private init; }

    public ModelConfig? Model { get; private init; }

    public Precondition Precondition { get; init; } = Precondition.None;

    /// <summary>Where the entity stands in what the caller gave; mistakes are named from here.</summary>
    public string Path { get; init; } = "$";

    /// <summary>Where its id stands in what the caller gave; null where it was given apart.</summary>
    public string? IdPath { get; init; }

    public bool IsDelete => Provider is null && Model is null;

    public static EntityChange Put(string id, ProviderConfig config) => new(EntityKind.Provider, id) { Provider = config };

    public static EntityChange Put(string id, ModelConfig config) => new(EntityKind.Model, id) { Model = config };

    public static EntityChange Delete(EntityKind kind, string id) => new(kind, id);
}
