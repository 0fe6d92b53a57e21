using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>Prices in one currency of the operator's choice, per million tokens.</summary>
internal sealed record PricingView
{
    /// <summary>For a million prompt tokens.</summary>
    public required decimal InputPerMillion { get; init; }

    /// <summary>For a million tokens of answer.</summary>
    public required decimal OutputPerMillion { get; init; }

    /// <summary>For a million prompt tokens read from the provider's cache; the prompt's price where absent.</summary>
    public decimal? CachedInputPerMillion { get; init; }

    public static PricingView Of(ModelPricing pricing) => new()
    {
        InputPerMillion = pricing.InputPerMillion,
        OutputPerMillion = pricing.OutputPerMillion,
        CachedInputPerMillion = pricing.CachedInputPerMillion,
    };

    public ModelPricing ToConfig() => new()
    {
        InputPerMillion = InputPerMillion,
        OutputPerMillion = OutputPerMillion,
        CachedInputPerMillion = CachedInputPerMillion,
    };
}
