using System.Globalization;

namespace ChatModels.Api.Apis;

/// <summary>How long files may be asked to live: <c>expires_after</c>, as OpenAI bounds it.</summary>
internal static class Lifetimes
{
    public const string Cure = "give an 'anchor' of 'created_at' and 'seconds' from 3600 to 2592000.";

    private static readonly TimeSpan Least = TimeSpan.FromHours(1);
    private static readonly TimeSpan Most = TimeSpan.FromDays(30);

    /// <summary>False when it is neither left out nor in order.</summary>
    public static bool TryRead(string? anchor, string? seconds, out TimeSpan? lifetime)
    {
        lifetime = null;
        if (anchor is null && seconds is null)
        {
            return true;
        }

        if (anchor != "created_at" || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < Least.TotalSeconds || count > Most.TotalSeconds)
        {
            return false;
        }

        lifetime = TimeSpan.FromSeconds(count);
        return true;
    }
}
