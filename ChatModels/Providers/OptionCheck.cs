using System.Globalization;
using System.Text.Json;

namespace ChatModels.Providers;

/// <summary>Holds one option's value against its description.</summary>
internal static class OptionCheck
{
    /// <summary>What is wrong and the cure; null when the value fits.</summary>
    public static string? Mistake(OptionSpec spec, JsonElement json) => spec.Kind switch
    {
        OptionKind.Text => OptionValue.TryRead(json, out string text) ? ForText(spec, text) : Expected(spec, "a string", json),
        OptionKind.Number => OptionValue.TryRead(json, out double number) ? ForRange(spec, number, "") : Expected(spec, "a number", json),
        OptionKind.WholeNumber => OptionValue.TryRead(json, out long whole) ? ForRange(spec, whole, "") : Expected(spec, "a whole number", json),
        OptionKind.Boolean => OptionValue.TryRead(json, out bool _) ? null : Expected(spec, "true or false", json),
        OptionKind.Duration => OptionValue.TryRead(json, out TimeSpan span)
            ? ForRange(spec, span.TotalSeconds, " s")
            : Expected(spec, "a time span as hh:mm:ss or hh:mm:ss.fff", json),
        _ => Expected(spec, "an object", json),
    };

    private static string? ForText(OptionSpec spec, string text) =>
        spec.Allowed.Count == 0 || spec.Allowed.Contains(text, StringComparer.Ordinal)
            ? null
            : $"It is '{Short(text)}'; give {Either(spec)}.";

    private static string? ForRange(OptionSpec spec, double value, string unit)
    {
        if (!(value < spec.Minimum) && !(value > spec.Maximum))
        {
            return null;
        }

        var range = (spec.Minimum, spec.Maximum) switch
        {
            ({ } minimum, { } maximum) => $"from {Text(minimum)} to {Text(maximum)}{unit}",
            ({ } minimum, null) => $"{Text(minimum)}{unit} or more",
            (null, var maximum) => $"{Text(maximum!.Value)}{unit} or less",
        };
        return $"It is {Text(value)}{unit}; give {range}.";
    }

    private static string Expected(OptionSpec spec, string what, JsonElement json) => spec.Allowed.Count > 0
        ? $"It is {Found(json)}; give {Either(spec)}."
        : $"It is {Found(json)}; give {what}.";

    private static string Either(OptionSpec spec) => string.Join(" or ", spec.Allowed.Select(allowed => $"'{allowed}'"));

    private static string Found(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => OptionValue.TryRead(json, out string text) ? $"'{Short(text)}'" : "no readable text",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => Short(json.GetRawText()),
    };

    private static string Short(string text) => text.Length <= 60 ? text : $"{text[..60]}...";

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
