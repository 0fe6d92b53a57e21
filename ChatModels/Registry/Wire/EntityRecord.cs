namespace ChatModels.Registry.Wire;

/// <summary>An entity in the store: the schema it was written with, the write that last touched it, and its configuration.</summary>
internal sealed record EntityRecord<T>(int Version, long Revision, string Stamp, T Value);
