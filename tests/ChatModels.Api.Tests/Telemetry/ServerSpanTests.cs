using System.Diagnostics;
using System.Text.RegularExpressions;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Telemetry;

/// <summary>The trace of a request as the Api sends it, whole, with the tags that HTTP's conventions give the server's span. Alone, since what it listens to is the process's.</summary>
[CollectionDefinition(nameof(ServerSpanTests), DisableParallelization = true)]
[Collection(nameof(ServerSpanTests))]
public sealed partial class ServerSpanTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-010")]
    public async Task ARequestThatIsAnswered() => Assert.Equal(
        """
        POST /v1/chat/completions [Server, Unset]
          http.request.method = POST
          http.response.status_code = 200
          http.route = /v1/chat/completions
          network.protocol.version = 1.1
          server.address = 127.0.0.1
          server.port = PORT
          url.path = /v1/chat/completions
          url.query = key=REDACTED&b=REDACTED
          url.scheme = http
            chat m-ID [Internal, Unset]
              chatmodels.attempts = 1
              chatmodels.deployment = p-ID/vendor-model
              chatmodels.registry.revision = 3
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m-ID
                provider creation [Internal, Unset]
                  chatmodels.provider.id = p-ID
                  chatmodels.provider.type = openai
                  gen_ai.provider.name = openai
                  server.address = 127.0.0.1
                  server.port = PORT
                chat vendor-model [Client, Unset]
                  chatmodels.attempt = 1
                  chatmodels.choice = only
                  chatmodels.provider.id = p-ID
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = vendor-model
                  gen_ai.response.finish_reasons = [stop]
                  gen_ai.response.id = chatcmpl-fake
                  gen_ai.response.model = vendor-model
                  gen_ai.usage.input_tokens = 11
                  gen_ai.usage.output_tokens = 7
                  http.response.status_code = 200
                  server.address = 127.0.0.1
                  server.port = PORT
        """,
        await TraceAsync(UpstreamReply.Completion("Hello."), chat => chat.Ask(), query: "?key=secret&b"));

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task ARequestThatFails() => Assert.Equal(
        """
        POST /v1/chat/completions [Server, Error]
          error.type = 502
          http.request.method = POST
          http.response.status_code = 502
          http.route = /v1/chat/completions
          network.protocol.version = 1.1
          server.address = 127.0.0.1
          server.port = PORT
          url.path = /v1/chat/completions
          url.scheme = http
            chat m-ID [Internal, Error: upstream_unreachable]
              chatmodels.attempts = 1
              chatmodels.deployment = p-ID/vendor-model
              chatmodels.registry.revision = 3
              error.type = upstream_unreachable
              gen_ai.operation.name = chat
              gen_ai.provider.name = openai
              gen_ai.request.model = m-ID
                provider creation [Internal, Unset]
                  chatmodels.provider.id = p-ID
                  chatmodels.provider.type = openai
                  gen_ai.provider.name = openai
                  server.address = 127.0.0.1
                  server.port = PORT
                chat vendor-model [Client, Error: upstream_unreachable]
                  chatmodels.attempt = 1
                  chatmodels.choice = only
                  chatmodels.provider.id = p-ID
                  error.type = upstream_unreachable
                  gen_ai.operation.name = chat
                  gen_ai.provider.name = openai
                  gen_ai.request.model = vendor-model
                  server.address = 127.0.0.1
                  server.port = PORT
        """,
        await TraceAsync(null, chat => chat.Ask()));

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task ARequestThatIsItsCallersMistake() => Assert.Equal(
        """
        POST /v1/chat/completions [Server, Unset]
          http.request.method = POST
          http.response.status_code = 404
          http.route = /v1/chat/completions
          network.protocol.version = 1.1
          server.address = 127.0.0.1
          server.port = PORT
          url.path = /v1/chat/completions
          url.scheme = http
            chat _other [Internal, Error: model_not_found]
              chatmodels.attempts = 0
              chatmodels.registry.revision = 3
              error.type = model_not_found
              gen_ai.operation.name = chat
              gen_ai.request.model = _other
        """,
        await TraceAsync(UpstreamReply.Completion("Hello."), _ => """{"model":"nobody","messages":[]}"""));

    [Theory]
    [InlineData("GET", "/v1/models/none", "GET /v1/models/{**id}", "http.request.method = GET")]
    [InlineData("GET", "/v1/models/a%20b", "GET /v1/models/{**id}", "url.path = /v1/models/a%20b")]
    [InlineData("GET", "/nowhere", "GET", "http.request.method = GET")]
    [InlineData("BREW", "/nowhere", "HTTP", "http.request.method = _OTHER\n  http.request.method_original = BREW")]
    [Trait("Requirement", "FR-010")]
    public async Task ItsName_HasTheRoute_AndAMethodThatIsKnown(string method, string path, string name, string line)
    {
        await using var api = await StartAsync();
        using var telemetry = new TelemetryCollector("ChatModels");

        await SendAsync(api, new HttpMethod(method), path, telemetry.TraceParent, null, ("user-agent", "coffee/1.0"));
        var span = await telemetry.WaitForAsync(span => span.Kind == ActivityKind.Server, "the server's span", Ct);

        Assert.Equal((name, "coffee/1.0"), (span.DisplayName, span.GetTagItem("user_agent.original")));
        Assert.Contains($"  {line}\n", SpanText.Of(telemetry), StringComparison.Ordinal);
    }

    /// <summary>Two requests of one endpoint that differ in whatever can differ, one after the other: what is kept of the first must not be told of the second.</summary>
    [Fact]
    public async Task RequestsThatDiffer_AreTold_EachAsItIs()
    {
        await using var api = await StartAsync();
        using var telemetry = new TelemetryCollector("ChatModels");

        await SendAsync(api, HttpMethod.Post, "/v1/embeddings", telemetry.TraceParent, "{}");
        await SendAsync(api, HttpMethod.Post, "/V1/embeddings", telemetry.TraceParent, "{}", ("host", "gateway.example:8080"));
        await telemetry.WaitForAsync(span => span.GetTagItem("url.path") is "/V1/embeddings", "the second one's span", Ct);

        Assert.Equal(
            [("/v1/embeddings", "127.0.0.1", api.Address.Port), ("/V1/embeddings", "gateway.example", 8080)],
            telemetry.Finished.Where(span => span.Kind == ActivityKind.Server).Select(span => ((string)span.GetTagItem("url.path")!, (string)span.GetTagItem("server.address")!, (int)span.GetTagItem("server.port")!)));
    }

    /// <summary>Where the framework logs its requests it begins an activity for each, which nobody exports: a span below it would have a parent that is nowhere.</summary>
    [Theory]
    [InlineData("nonsense", "None")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01", "None")]
    [InlineData("nonsense", "Information")]
    public async Task ATraceParentThatIsNone_BeginsATrace(string parent, string requestLog)
    {
        await using var api = await StartAsync(("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", requestLog));
        var seen = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ChatModels",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _ = span.GetTagItem("url.path") is "/v1/models" && seen.TrySetResult(span),
        };
        ActivitySource.AddActivityListener(listener);

        var id = await SendAsync(api, HttpMethod.Get, "/v1/models", parent, null);
        var span = await seen.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.Equal((default, id), (span.ParentSpanId, span.TraceId.ToHexString()));
    }

    private static async Task<TestApi> StartAsync(params (string Key, string? Value)[] settings)
    {
        var api = await TestApi.StartAsync(Ct, settings: new Dictionary<string, string?>(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)))
        {
            ["ChatModels:Registry:Store"] = "memory",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = FakeUpstream.Refusing().GetLeftPart(UriPartial.Authority),
        });
        await api.UntilReadyAsync(Ct);
        return api;
    }

    // In one process its client's spans would be traced too, and stand between the test's and the server's.
    private static async Task<string> SendAsync(TestApi api, HttpMethod method, string path, string parent, string? body, params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        using var client = new HttpClient(handler) { BaseAddress = api.Address };
        using var response = await client.SendAsync(method, path, body, Ct, [("traceparent", parent), .. headers]);
        return response.Header("x-request-id");
    }

    private static async Task<string> TraceAsync(UpstreamHandler? upstream, Func<ChatFixture, string> body, string query = "")
    {
        await using var api = await StartAsync();
        await using var chat = await ChatFixture.StartAsync(api, upstream);
        using var telemetry = new TelemetryCollector("ChatModels");

        await SendAsync(api, HttpMethod.Post, $"/v1/chat/completions{query}", telemetry.TraceParent, body(chat));
        await telemetry.WaitForAsync(span => span.Kind == ActivityKind.Server, "the server's span", Ct);
        return Port().Replace(Id().Replace(SpanText.Of(telemetry), "ID"), "PORT");
    }

    [GeneratedRegex("(?<=[mp]-)[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex("(?<=server.port = )[0-9]+")]
    private static partial Regex Port();
}
