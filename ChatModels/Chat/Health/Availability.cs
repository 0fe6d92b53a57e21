namespace ChatModels.Chat.Health;

/// <summary>Whether a deployment may be given a request.</summary>
internal enum Availability
{
    /// <summary>It is as healthy as anyone knows.</summary>
    Ready,

    /// <summary>Its cooldown is over; one request may try it, and decides for all.</summary>
    HalfOpen,

    /// <summary>It has kept failing, and is left alone while there is another.</summary>
    Cooling,
}
