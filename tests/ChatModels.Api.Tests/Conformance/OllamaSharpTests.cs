using System.Net;
using System.Text.Json;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OllamaSharp;
using Xunit;

namespace ChatModels.Api.Tests.Conformance;

/// <summary>OllamaSharp speaks Ollama's own protocol alone, so it stands behind the Api: as the chat client of a provider, in front of a server that speaks it too.</summary>
public sealed class OllamaSharpTests : IAsyncLifetime
{
    private FakeUpstream? _ollama;
    private TestApi? _api;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FakeUpstream Ollama => _ollama ?? throw new InvalidOperationException("The fixture was not initialized.");

    private TestApi Api => _api ?? throw new InvalidOperationException("The fixture was not initialized.");

    public async ValueTask InitializeAsync()
    {
        _ollama = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        _ollama.OnOther = AnswerAsync;
        _api = await TestApi.StartAsync(Cancelled, configure: builder =>
            builder.Services.AddKeyedSingleton<IChatClient>("ollama", (_, _) => new OllamaApiClient(new Uri(Ollama.Endpoint.GetLeftPart(UriPartial.Authority)))));
        await Api.UntilReadyAsync(Cancelled);
        await Api.Client.PutAsync("/registry/providers/sharp", """{"type":"chat-client","options":{"client":"ollama"}}""", Cancelled);
        await Api.Client.PutAsync("/registry/models/m", """{"deployments":[{"provider":"sharp","model":"llama3.2"}]}""", Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Ollama.DisposeAsync();
    }

    [Fact]
    public async Task AWholeAnswer_AndAStream_ComeInOpenAIsWords()
    {
        var (status, whole) = await AskAsync("Hi", stream: false, "", Cancelled);
        var (_, stream) = await AskAsync("Hi", stream: true, "", Cancelled);

        var answer = JsonElement.Parse(whole);
        Assert.Equal((200, "Hello there.", 3), (status, answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()));
        Assert.Equal("llama3.2", Ollama.Requests[0].Json.GetProperty("model").GetString());
        Assert.Contains("\"content\":\"Hello\"", stream, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", stream, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", stream, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATool_GoesThere_AndItsCallComesBack()
    {
        var (_, body) = await AskAsync("tool", stream: false,
            ""","tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""", Cancelled);

        var choice = JsonElement.Parse(body).GetProperty("choices")[0];
        var function = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal(("weather", "Ghent"), (function.GetProperty("name").GetString(), JsonElement.Parse(function.GetProperty("arguments").GetString()!).GetProperty("city").GetString()));
        Assert.Equal("weather", Ollama.Requests[0].Json.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnError_IsAnErrorOfTheUpstream(bool stream)
    {
        var (status, body) = await AskAsync("refuse", stream, "", Cancelled);

        Assert.Equal(502, status);
        Assert.StartsWith("upstream_", JsonElement.Parse(body).GetProperty("error").GetProperty("code").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACallerThatGoesAway_CancelsTheCallToOllama(bool stream)
    {
        using var caller = new CancellationTokenSource();
        var asking = AskAsync("hang", stream, "", caller.Token);
        var request = await Ollama.NextRequestAsync(Cancelled);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.CancelledAsync(Cancelled);
    }

    private async Task<(int Status, string Body)> AskAsync(string text, bool stream, string more, CancellationToken cancellationToken)
    {
        var json = $$"""{"model":"m","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]{{more}}}""";
        using var response = await Api.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", json, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    // Ollama's own protocol: a JSON object a line.
    private static async Task AnswerAsync(HttpContext context, JsonDocument? body)
    {
        var text = body!.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString();
        if (text == "refuse")
        {
            await UpstreamReply.Json("""{"error":"model is broken"}""", (int)HttpStatusCode.InternalServerError)(context, body);
            return;
        }

        if (text == "hang")
        {
            await UpstreamReply.HangBeforeHeaders()(context, body);
            return;
        }

        var isStream = !body.RootElement.TryGetProperty("stream", out var stream) || stream.GetBoolean();
        var end = text == "tool"
            ? """{"model":"llama3.2","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"weather","arguments":{"city":"Ghent"}}}]},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}"""
            : """{"model":"llama3.2","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"CONTENT"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}""";
        var first = """{"model":"llama3.2","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hello"},"done":false}""";
        context.Response.ContentType = isStream ? "application/x-ndjson" : "application/json";
        await context.Response.WriteAsync(
            isStream && text != "tool" ? $"{first}\n{end.Replace("CONTENT", " there.", StringComparison.Ordinal)}\n" : end.Replace("CONTENT", "Hello there.", StringComparison.Ordinal) + "\n",
            context.RequestAborted);
    }
}
