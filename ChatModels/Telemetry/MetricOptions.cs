using Microsoft.Extensions.Options;

namespace ChatModels.Telemetry;

/// <summary>Limits of the metrics; <c>ChatModels:Telemetry</c> in configuration.</summary>
public sealed class MetricOptions
{
    /// <summary>How many models metrics tell apart, the first ones used; the others are <c>_other</c> together. Spans always have the name.</summary>
    public int MaxModels { get; set; } = 500;

    /// <summary>How many providers metrics tell apart, the first ones used; the others are <c>_other</c> together.</summary>
    public int MaxProviders { get; set; } = 100;

    /// <summary>Whether durations and tokens of what went well are recorded many at once, up to half a second late: cheaper under load.</summary>
    /// <remarks>
    /// Off unless set; the gateway sets it. Not for exemplars, which would name another request's trace: it stays off where <c>OTEL_METRICS_EXEMPLAR_FILTER</c> asks for them.
    /// </remarks>
    public bool Buffered { get; set; }
}

internal sealed class MetricOptionsValidator : IValidateOptions<MetricOptions>
{
    private const int Most = 100_000;

    public ValidateOptionsResult Validate(string? name, MetricOptions options)
    {
        List<string> mistakes = [];
        Check(nameof(options.MaxModels), options.MaxModels, mistakes);
        Check(nameof(options.MaxProviders), options.MaxProviders, mistakes);
        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void Check(string key, int value, List<string> mistakes)
    {
        if (value is < 0 or > Most)
        {
            mistakes.Add($"ChatModels:Telemetry:{key} is {value}; give a number from 0 to {Most}.");
        }
    }
}
