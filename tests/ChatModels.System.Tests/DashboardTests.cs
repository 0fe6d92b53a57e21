using System.Net.Http.Json;
using System.Text.Json;
using ChatModels.Testing;
using OpenAI.Chat;
using Xunit;

namespace ChatModels.System.Tests;

public class DashboardTests
{
    [Fact]
    public async Task ARequestsSpans_StandInTheRealDashboard()
    {
        var cancelled = TestContext.Current.CancellationToken;
        if (Tools.Find("npm") is null && Tools.Find("aspire") is null)
        {
            Tools.SkipOrFail("Neither the Aspire CLI nor npm, by which it is installed, is on the PATH; the dashboard can't be started.");
        }

        await using var host = await AppHostProcess.StartAsync(cancelled, "--redis", "garnet");
        var dashboard = await host.UrlAsync("Dashboard", cancelled);
        ChatCompletion answer = await host.Chat("sim-fast").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: cancelled);
        Assert.NotEmpty(answer.Content[0].Text);

        await WaitUntil.TrueAsync(async token =>
        {
            var traces = await host.Http.GetFromJsonAsync<JsonElement>(new Uri(dashboard, "/api/telemetry/traces"), token);
            return SpansOf(traces).Where(s => s.Name == "POST /v1/chat/completions").Any(server => HasRequestAndAttempt(SpansOf(traces), server));
        }, "the Api's spans of the request and its attempt in the dashboard", TimeSpan.FromSeconds(30), cancelled);
    }

    /// <summary>Under the server's span one INTERNAL span for the request, and under that a CLIENT span for the attempt.</summary>
    private static bool HasRequestAndAttempt(IReadOnlyList<Span> spans, Span server) =>
        spans.FirstOrDefault(s => s.ParentId == server.Id && s is { Name: "chat sim-fast", Kind: 1 }) is { } request
        && spans.Any(s => s.ParentId == request.Id && s is { Name: "chat fast", Kind: 3 });

    private static IReadOnlyList<Span> SpansOf(JsonElement telemetry) =>
    [
        .. telemetry.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
            .SelectMany(r => r.GetProperty("scopeSpans").EnumerateArray())
            .SelectMany(s => s.GetProperty("spans").EnumerateArray())
            .Select(s => new Span(s.GetProperty("name").GetString()!, s.GetProperty("kind").GetInt32(), s.GetProperty("spanId").GetString()!,
                s.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null)),
    ];

    private sealed record Span(string Name, int Kind, string Id, string? ParentId);
}
