using System.Text.Json;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Conformance;

/// <summary>Clients from npm, as their users run them, pointed at the Api.</summary>
public sealed class NpmClientTests(ApiFixture fixture, NpmClients clients) : IClassFixture<NpmClients>
{
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

    private async Task ConformsAsync(string script, string type, int inputTokens)
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, ConformanceUpstream.Of(type), type);

        var lines = await clients.RunAsync(script, fixture.Api.Address, chat.Model, Cancelled);

        var seen = lines.Where(line => line.StartsWith("{\"scenario\"", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line))
            .ToDictionary(line => line.GetProperty("scenario").GetString()!);
        Assert.True(seen.Values.All(line => !line.TryGetProperty("thrown", out _)), string.Join('\n', lines));
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
