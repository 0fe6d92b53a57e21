namespace ChatModels.Registry.Wire;

/// <summary>An entity as read from the store or the log.</summary>
/// <param name="Tag">The write that last touched it.</param>
/// <param name="Config">Its configuration; as much of it as could be read where <paramref name="Unread"/> says why not all.</param>
/// <param name="Unread">Why this version can't read it whole; null when it can.</param>
/// <param name="Raw">Its stored JSON, kept only when it could not be read whole, so that a restore or the log loses nothing of it.</param>
internal sealed record DecodedEntity<T>(EntityTag Tag, T Config, string? Unread = null, ReadOnlyMemory<byte>? Raw = null);
