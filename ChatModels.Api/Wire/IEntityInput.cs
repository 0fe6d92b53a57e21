namespace ChatModels.Api.Wire;

/// <summary>A body that creates or replaces the entity in the path.</summary>
internal interface IEntityInput
{
    /// <summary>The id that the body itself names, if it does.</summary>
    string? Id { get; }
}
