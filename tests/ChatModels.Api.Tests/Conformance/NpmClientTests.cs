using System.Text.Json;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Conformance;

/// <summary>Clients from npm, as their users run them, pointed at the Api.</summary>
public sealed class NpmClientTests(ApiFixture fixture, NpmClients clients) : IClassFixture<NpmClients>
{
    private static readonly string[] Held = ["listed", "results", "deleted"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai.mjs", "openai")]
    [InlineData("openai.mjs", "anthropic")]
    [InlineData("ai-sdk.mjs", "openai")]
    [InlineData("ai-sdk.mjs", "anthropic")]
    [InlineData("langchain.mjs", "openai")]
    [InlineData("langchain.mjs", "anthropic")]
    public Task AnOpenAIClient_ChatsStreamsCallsToolsFailsAndAborts(string script, string type) => ConformsAsync(script, type, ConformanceUpstream.PromptTokens(type));

    [Theory]
    [InlineData("openai", UpstreamReply.PromptTokens)]
    [InlineData("anthropic", AnthropicUpstream.InputTokens)]
    public Task TheAnthropicClient_ChatsStreamsCallsToolsFailsAndAborts(string type, int inputTokens) => ConformsAsync("anthropic.mjs", type, inputTokens);

    [Fact]
    public async Task TheOpenAIClient_RunsABatchFromUploadToDownload_AndCancelsAnother()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, ConformanceUpstream.Handler);

        var seen = await ScenariosAsync("openai-batch.mjs", chat);

        var batch = seen["batch"];
        Assert.Equal("""["validating","completed"]""", batch.GetProperty("statuses").GetRawText());
        Assert.Equal("""{"total":3,"completed":2,"failed":1}""", batch.GetProperty("counts").GetRawText());
        Assert.Equal("""{"team":"red"}""", batch.GetProperty("metadata").GetRawText());
        Assert.Equal($$"""[["a",200,"{{ConformanceUpstream.Text}}"],["c",200,"{{ConformanceUpstream.Text}}"]]""", batch.GetProperty("output").GetRawText());
        Assert.Equal("""[["b",400,"Too many tokens."]]""", batch.GetProperty("errors").GetRawText());
        Assert.All(Held, name => Assert.True(batch.GetProperty(name).GetBoolean(), name));
        Assert.Equal(404, batch.GetProperty("gone").GetInt32());
        Assert.Equal("""{"scenario":"cancel","cancelling":"cancelling","cancelled":"cancelled","total":2000,"again":409}""", seen["cancel"].GetRawText());
        Assert.Equal("""{"scenario":"mistakes","status":"failed","mistakes":[["invalid_json_line",2],["duplicate_custom_id",3]]}""", seen["mistakes"].GetRawText());
        Assert.Equal(400, seen["refused"].GetProperty("status").GetInt32());
    }

    private async Task<Dictionary<string, JsonElement>> ScenariosAsync(string script, ChatFixture chat)
    {
        var lines = await clients.RunAsync(script, fixture.Api.Address, chat.Model, Cancelled);
        var seen = lines.Where(line => line.StartsWith("{\"scenario\"", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line))
            .ToDictionary(line => line.GetProperty("scenario").GetString()!);
        Assert.True(seen.Values.All(line => !line.TryGetProperty("thrown", out _)), string.Join('\n', lines));
        return seen;
    }

    private async Task ConformsAsync(string script, string type, int inputTokens)
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, ConformanceUpstream.Of(type), type);

        var seen = await ScenariosAsync(script, chat);

        Assert.Equal((ConformanceUpstream.Text, inputTokens), (Text(seen["chat"], "text"), seen["chat"].GetProperty("inputTokens").GetInt32()));
        var pieces = seen["stream"].GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()).ToList();
        Assert.Equal((2, ConformanceUpstream.Text, inputTokens), (pieces.Count, string.Concat(pieces), seen["stream"].GetProperty("inputTokens").GetInt32()));
        Assert.Equal(("weather", "Ghent"), (Text(seen["tools"], "tool"), Text(seen["tools"].GetProperty("input"), "city")));
        Assert.Contains("Too many tokens.", Text(seen["error"], "message"), StringComparison.Ordinal);
        Assert.Equal(400, seen["error"].GetProperty("status").GetInt32());
        Assert.True(seen["broken"].TryGetProperty("name", out _), $"A cut stream was no error to the client: {seen["broken"]}");
        Assert.Matches("before (its|the) answer was complete", Text(seen["broken"], "message"));
        Assert.True(seen["abort"].GetProperty("aborted").GetBoolean());
        await chat.Upstream.Requests[^1].CancelledAsync(Cancelled);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
