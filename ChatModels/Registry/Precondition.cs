namespace ChatModels.Registry;

/// <summary>What must hold for a write to be applied (HTTP's <c>If-Match</c> and <c>If-None-Match: *</c>).</summary>
/// <param name="IfMatch">The entity must have this tag now, as text.</param>
/// <param name="MustExist"><c>If-Match: *</c>: there must be such an entity.</param>
/// <param name="MustNotExist"><c>If-None-Match: *</c>: there must be no such entity.</param>
public sealed record Precondition(string? IfMatch = null, bool MustExist = false, bool MustNotExist = false)
{
    /// <summary>Write whatever is there.</summary>
    public static Precondition None { get; } = new();
}
