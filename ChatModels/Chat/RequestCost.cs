using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>What an answer costs, in the currency of the model's prices.</summary>
internal static class RequestCost
{
    private const decimal Million = 1_000_000m;

    /// <summary>Null where the price or the usage is not known: that is not the same as nothing.</summary>
    public static decimal? Of(ModelPricing? pricing, TokenUsage? usage)
    {
        if (pricing is null || usage is not { Input: { } input } known || (known.Output ?? (known.IsInputOnly ? 0 : null)) is not { } output)
        {
            return null;
        }

        // What was read from the provider's cache is part of the input.
        var cached = Math.Clamp(known.CachedInput ?? 0, 0, input);
        return (((input - cached) * pricing.InputPerMillion) + (cached * (pricing.CachedInputPerMillion ?? pricing.InputPerMillion)) + (output * pricing.OutputPerMillion)) / Million;
    }
}
