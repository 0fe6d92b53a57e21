using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ChatModels.Testing;

/// <summary>Spans as text, whole: each with its kind, status and every tag, below its parent, in the order in which they began.</summary>
public static class SpanText
{
    private const string FirstChunk = "gen_ai.response.time_to_first_chunk";

    /// <summary>All spans of a test. One that hangs on none of them and not on the test's own is told apart by a question mark.</summary>
    public static string Of(TelemetryCollector telemetry)
    {
        ArgumentNullException.ThrowIfNull(telemetry);
        var all = telemetry.Finished.OrderBy(span => span.StartTimeUtc).ToArray();
        var text = new StringBuilder();
        foreach (var span in all.Where(span => !Array.Exists(all, other => other.SpanId == span.ParentSpanId)))
        {
            Write(text, all, span, telemetry.TraceParent.Contains(span.ParentSpanId.ToHexString(), StringComparison.Ordinal) ? "" : "?");
        }

        return text.ToString().TrimEnd();
    }

    private static void Write(StringBuilder text, Activity[] all, Activity span, string indent)
    {
        text.Append(CultureInfo.InvariantCulture, $"{indent}{span.DisplayName} [{span.Kind}, {span.Status}{(span.StatusDescription is { } why ? $": {why}" : "")}]\n");
        foreach (var (key, value) in span.TagObjects.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  {key} = {Value(key, value)}\n");
        }

        foreach (var happening in span.Events)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  event {happening.Name}{string.Concat(happening.Tags.Select(tag => $" {tag.Key}={tag.Value}"))}\n");
        }

        foreach (var child in all.Where(other => other.ParentSpanId == span.SpanId))
        {
            Write(text, all, child, indent + "    ");
        }
    }

    private static string Value(string key, object? value) => value switch
    {
        double and >= 0 when key == FirstChunk => "(measured)", // The only one that no test can know.
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>())}]",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
