using ChatModels.Api.Tests.Hosting;
using ChatModels.Telemetry;
using ChatModels.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Errors;

/// <summary>From an error that a caller has in hand to the line of the log that is about it.</summary>
public sealed class FailureLogTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Requirement", "FR-022")]
    [InlineData("PUT", "/registry/models/m", """{"deployments":[]}""", "/registry/models/{**id}", 400, "validation_failed")]
    [InlineData("GET", "/registry/models/none", null, "/registry/models/{**id}", 404, "not_found")]
    [InlineData("POST", "/v1/chat/completions", """{"model":"none","messages":[]}""", "/v1/chat/completions", 404, "model_not_found")]
    [InlineData("POST", "/v1/messages", """{"model":"none","max_tokens":1,"messages":[]}""", "/v1/messages", 404, "model_not_found")]
    [InlineData("GET", "/v1/models/none", null, "/v1/models/{**id}", 404, "model_not_found")]
    [InlineData("GET", "/a/path/with/a-secret-in-it", null, "(no route)", 404, "route_not_found")]
    public async Task AnError_IsOneLine_WithTheIdThatItsCallerHas(string method, string path, string? body, string route, int status, string code)
    {
        await using var api = await StartAsync();

        using var answer = await api.Client.SendAsync(new HttpMethod(method), path, body, Cancelled);

        var line = await TheOnlyLineAsync(api);
        Assert.Equal((status, 5103, LogLevel.Information), ((int)answer.StatusCode, line.Id.Id, line.Level));
        Assert.Equal($"{method} {route} was refused with {status} {code}; trace {answer.Header("x-request-id")} (0 failures before it not logged)", line.Message);
    }

    [Fact]
    [Trait("Requirement", "FR-019")]
    public async Task AProvidersFailure_IsAWarning_WithItsCode()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var api = await StartAsync();
        await api.Client.PutAsync("/registry/providers/bad", $$"""{"type":"openai","endpoint":"{{upstream.Endpoint}}"}""", Cancelled);
        await api.Client.PutAsync("/registry/models/bad", """{"deployments":[{"provider":"bad","model":"m"}]}""", Cancelled);

        using var answer = await api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"bad","messages":[]}""", Cancelled);

        var line = await TheOnlyLineAsync(api);
        Assert.Equal($"POST /v1/chat/completions failed with 502 upstream_error; trace {answer.Header("x-request-id")} (0 failures before it not logged)", line.Message);
        Assert.Equal((5102, LogLevel.Warning), (line.Id.Id, line.Level));
    }

    /// <summary>A caller with an id of its own finds the trace's beside it, on every answer: an error in the middle of a stream comes after the headers.</summary>
    [Theory]
    [InlineData("/v1/models/none", 404)]
    [InlineData("/v1/models", 200)]
    [InlineData("/nowhere", 404)]
    [InlineData("/registry/broken", 500)]
    public async Task ACallersOwnId_StandsBesideTheTraces(string path, int status)
    {
        using var telemetry = new TelemetryCollector("ChatModels");
        await using var api = await StartAsync(app => app.MapGet("/registry/broken", _ => throw new InvalidOperationException("broken")));

        using var answer = await api.Client.GetAsync(path, Cancelled, ("x-request-id", "my-own-id"), ("traceparent", telemetry.TraceParent));

        Assert.Equal((status, "my-own-id", telemetry.TraceId.ToHexString()), ((int)answer.StatusCode, answer.Header("x-request-id"), answer.Header("x-chatmodels-trace-id")));
    }

    [Fact]
    public async Task ManyErrors_WriteAFewLines()
    {
        await using var api = await StartAsync();

        await Parallel.ForAsync(0, 1_000, Cancelled, async (_, token) => (await api.Client.GetAsync("/nowhere", token)).Dispose());

        // All within a few seconds: each has its budget.
        Assert.InRange(Lines(api).Count, LogBudget.LinesPerSecond, 20 * LogBudget.LinesPerSecond);
    }

    private static async Task<TestApi> StartAsync(Action<WebApplication>? extend = null)
    {
        var api = await TestApi.StartAsync(Cancelled, extend: extend);
        await api.UntilReadyAsync(Cancelled);
        return api;
    }

    // The answer is on its way before the line is.
    private static async Task<FakeLogRecord> TheOnlyLineAsync(TestApi api)
    {
        await WaitUntil.TrueAsync(() => Lines(api).Count > 0, "the line of the log", cancellationToken: Cancelled);
        return Assert.Single(Lines(api));
    }

    private static List<FakeLogRecord> Lines(TestApi api) => [.. api.Logs.GetSnapshot().Where(line => line.Id.Id is 5102 or 5103)];
}
