using System.Numerics;
using ChatModels.Telemetry;

namespace ChatModels.Chat.Routing;

/// <summary>Where the next attempt goes, and why. Without a candidate: nowhere.</summary>
/// <param name="Index">The candidate's place in the model's list.</param>
/// <param name="Candidate">The one chosen.</param>
/// <param name="Reason">Why, from <see cref="TelemetryNames.Choice"/>.</param>
/// <param name="IsTrial">Whether it decides if a cooldown is over; then its end must be told.</param>
/// <param name="Cooling">Those passed over because they cool down.</param>
/// <param name="Busy">Those passed over because their provider is at its limit.</param>
internal readonly record struct Choice(int Index, Candidate? Candidate, string Reason, bool IsTrial, ulong Cooling, ulong Busy)
{
    public AttemptReason Explain() => new(Reason, BitOperations.PopCount(Cooling), BitOperations.PopCount(Busy));
}
