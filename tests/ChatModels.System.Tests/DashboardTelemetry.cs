using System.Net.Http.Json;
using System.Text.Json;
using ChatModels.Testing;

namespace ChatModels.System.Tests;

/// <summary>What the dashboard has received, asked for over its HTTP API.</summary>
internal sealed class DashboardTelemetry(HttpClient http, Uri dashboard)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a trace has the span, with an error in it, and a log line of that event.</summary>
    public async Task HasAsync(string traceId, string span, int eventId, CancellationToken cancellationToken)
    {
        var seen = "";
        try
        {
            await WaitUntil.TrueAsync(async token =>
            {
                var spans = await AskAsync($"spans?traceId={traceId}", "resourceSpans", "scopeSpans", "spans", token);
                var logs = await AskAsync($"logs?traceId={traceId}", "resourceLogs", "scopeLogs", "logRecords", token);
                seen = $"{string.Join(", ", spans.Select(Name))}; events {string.Join(", ", logs.Select(EventId))}";
                return spans.Any(one => Name(one) == span && IsOf(one, traceId)) && spans.Any(IsFailed) && logs.Any(line => IsOf(line, traceId) && EventId(line) == $"{eventId}");
            }, $"span '{span}' and event {eventId} of trace {traceId} in the dashboard", Patience, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} It had: {seen}", exception);
        }
    }

    private static string? Name(JsonElement span) => span.GetProperty("name").GetString();

    private static bool IsOf(JsonElement one, string traceId) => one.GetProperty("traceId").GetString() == traceId;

    // OTLP's status code 2 is an error; a request that was refused is none of the server's, and has its status as an attribute.
    private static bool IsFailed(JsonElement span) =>
        (span.TryGetProperty("status", out var status) && status.TryGetProperty("code", out var code) && code.GetInt32() == 2)
        || span.GetProperty("attributes").EnumerateArray().Any(a => a.GetProperty("key").GetString() == "http.response.status_code" && a.GetProperty("value").GetRawText().Contains('4', StringComparison.Ordinal));

    private static string EventId(JsonElement line) =>
        line.GetProperty("attributes").EnumerateArray().FirstOrDefault(a => a.GetProperty("key").GetString() is "logrecord.event.id" or "EventId" or "event.id") is { ValueKind: JsonValueKind.Object } id
            ? id.GetProperty("value").EnumerateObject().First().Value.ToString()
            : "";

    private async Task<IReadOnlyList<JsonElement>> AskAsync(string path, string resources, string scopes, string items, CancellationToken cancellationToken)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri(dashboard, $"/api/telemetry/{path}"), cancellationToken);
        return !answer.GetProperty("data").TryGetProperty(resources, out var all) || all.ValueKind != JsonValueKind.Array
            ? []
            : [.. all.EnumerateArray().SelectMany(r => r.GetProperty(scopes).EnumerateArray()).SelectMany(s => s.GetProperty(items).EnumerateArray())];
    }
}
