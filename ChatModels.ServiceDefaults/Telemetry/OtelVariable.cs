using System.Globalization;

namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>A variable that the OpenTelemetry SDK reads: what it may hold, in a predicate and in words, and what counts in place of anything else.</summary>
/// <remarks>The SDK passes over some wrong values in silence and ends the process's start for others: a queue of 0, a header without a value.</remarks>
internal sealed record OtelVariable(string Name, Func<string, bool> Accepts, string Wanted, string? Instead)
{
    public static OtelVariable Number(string name, int least, string? instead) => new(
        name,
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least,
        least == 0 ? "a whole number of 0 or more" : $"a whole number of {least} or more",
        instead);

    public static OtelVariable Word(string name, string? instead, params string[] words) => new(
        name, text => words.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase), $"one of {string.Join(", ", words)}", instead);

    public static OtelVariable Url(string name) => new(
        name,
        text => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps),
        "an absolute http or https URL",
        null);

    public static OtelVariable Headers(string name) => new(
        name,
        text => text.Split(',').All(pair => pair.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && IsToken(Uri.UnescapeDataString(pair[..at]).Trim())),
        "a list of name=value pairs, with commas between them",
        null);

    private static bool IsToken(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
