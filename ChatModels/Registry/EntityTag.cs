using System.Globalization;

namespace ChatModels.Registry;

/// <summary>The write that last touched an entity; over HTTP its text in quotes is the entity's ETag.</summary>
public readonly record struct EntityTag(long Revision, string Stamp)
{
    /// <summary><c>revision-stamp</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Revision}-{Stamp}");
}
