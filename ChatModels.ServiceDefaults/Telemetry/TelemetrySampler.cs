using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>Which requests get spans: as OTEL_TRACES_SAMPLER says, else as the level says. Null where none ever would.</summary>
/// <remarks>
/// A sampler that never says yes still has an activity made for each request, to be asked about: 1.4 KB and a tenth of a request's time. So there is none then.
/// </remarks>
internal static class TelemetrySampler
{
    public const string Variable = "OTEL_TRACES_SAMPLER";
    public const string Argument = "OTEL_TRACES_SAMPLER_ARG";
    public const string RatioSetting = $"{TelemetrySettings.Section}:SamplingRatio";

    /// <summary>The share of traces that level <c>sampled</c> keeps where nothing says another.</summary>
    public const double DefaultRatio = 0.1;

    private static readonly OtelVariable Names = OtelVariable.Word(
        Variable, null, "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio");

    public static Sampler? Choose(IConfiguration configuration, TelemetryLevel level, List<TelemetryMistake> mistakes)
    {
        var given = configuration[Variable]?.Trim().ToLowerInvariant();
        var isNamed = !string.IsNullOrEmpty(given);
        if (isNamed && !Names.Accepts(given!))
        {
            mistakes.Add(new TelemetryMistake(Variable, Names.Wanted, $"what level {level.ToString().ToLowerInvariant()} says"));
            isNamed = false;
        }

        return (isNamed ? given : null, level) switch
        {
            ("always_off", _) => null,
            ("always_on", _) => new AlwaysOnSampler(),
            ("traceidratio", _) => Ratio(configuration, 1, mistakes) is > 0 and var ratio ? new TraceIdRatioBasedSampler(ratio) : null,
            ("parentbased_always_on", _) => new ParentBasedSampler(new AlwaysOnSampler()),
            ("parentbased_always_off", _) => new ParentBasedSampler(new AlwaysOffSampler()),
            ("parentbased_traceidratio", _) => new ParentBasedSampler(new TraceIdRatioBasedSampler(Ratio(configuration, 1, mistakes))),
            (_, TelemetryLevel.All) => new AlwaysOnSampler(),

            // Whoever called has decided for its whole trace already.
            (_, TelemetryLevel.Sampled) => new ParentBasedSampler(new TraceIdRatioBasedSampler(Ratio(configuration, DefaultRatio, mistakes))),
            _ => null,
        };
    }

    private static double Ratio(IConfiguration configuration, double otherwise, List<TelemetryMistake> mistakes)
    {
        var setting = Read(configuration, RatioSetting, otherwise, mistakes);
        return Read(configuration, Argument, setting, mistakes);
    }

    private static double Read(IConfiguration configuration, string key, double otherwise, List<TelemetryMistake> mistakes)
    {
        var text = configuration[key];
        if (string.IsNullOrWhiteSpace(text))
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1)
        {
            return ratio;
        }

        mistakes.Add(new TelemetryMistake(key, "a number from 0 to 1", otherwise.ToString(CultureInfo.InvariantCulture)));
        return otherwise;
    }
}
