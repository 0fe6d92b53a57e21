using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using ChatModels.Providers;
using OpenAI.Chat;
using Xunit;
using static ChatModels.Testing.AnthropicUpstream;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Anthropic's answers, whole and streamed, as OpenAI's clients read them. Shapes after https://platform.claude.com/docs/en/build-with-claude/streaming.</summary>
public sealed class ChatAsMessagesAnswerTests
{
    private const string Usage = "\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":3,\"cache_read_input_tokens\":20,\"output_tokens\":7,\"output_tokens_details\":{\"thinking_tokens\":4}}";

    [Fact]
    public async Task AWholeMessage_IsACompletion()
    {
        var answer = await WholeAsync("""
            [{"type":"thinking","thinking":"Hm.","signature":"sig"},{"type":"redacted_thinking","data":"xyz"},{"type":"text","text":"Look: "},{"type":"text","text":"rain."},
             {"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Ulm"}},{"type":"tool_use","id":"toolu_2","name":"now","input":{}}]
            """, "tool_use");

        var completion = ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(answer))!;
        Assert.Equal(("msg_1", "Look: rain.", ChatFinishReason.ToolCalls), (completion.Id, completion.Content[0].Text, completion.FinishReason));
        Assert.Equal(["toolu_1 weather {\"city\":\"Ulm\"}", "toolu_2 now {}"], completion.ToolCalls.Select(call => $"{call.Id} {call.FunctionName} {call.FunctionArguments}"));
        Assert.Equal((28, 7, 35, 20, 4), (
            completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount,
            completion.Usage.InputTokenDetails.CachedTokenCount, completion.Usage.OutputTokenDetails.ReasoningTokenCount));
        var message = JsonNode.Parse(answer)!["choices"]![0]!["message"]!;
        Assert.Equal("Hm.", (string?)message["reasoning_content"]);
        Assert.Equal(
            """[{"type":"reasoning.text","text":"Hm.","index":0,"signature":"sig"},{"type":"reasoning.encrypted","data":"xyz","index":1}]""",
            message["reasoning_details"]!.ToJsonString());
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("pause_turn", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("refusal", "content_filter")]
    [InlineData("something_new", "stop")]
    public async Task AStopReason_IsAFinishReason_WholeAndStreamed(string stopReason, string finishReason)
    {
        var whole = await WholeAsync("""[{"type":"text","text":"x"}]""", stopReason);
        var stream = await StreamAsync([Start, .. TextBlock(0, "x"), MessageDelta(stopReason), Stop]);

        Assert.Equal(finishReason, (string?)JsonNode.Parse(whole)!["choices"]![0]!["finish_reason"]);
        Assert.Contains(stream, chunk => (string?)Choice(chunk)?["finish_reason"] == finishReason);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"y\"}}")]
    [InlineData("{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"\\ud800\"}]}")]
    public async Task AnAnswerThatIsNone_IsInvalidData(string answer)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Translations.AnswerAsync(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, answer, stream: false));
    }

    [Fact]
    public async Task AStream_IsChunks_HoweverItsBytesArrive()
    {
        string[] events = [Start, Ping, .. ThinkingBlock(0, "sig", "Hm", "m."), .. TextBlock(1, "Zoë said 🎉"), MessageDelta("end_turn"), Stop];
        var expected = await StreamAsync(events);
        for (var size = 1; size < 200; size += 13)
        {
            Assert.Equal(expected.Select(Text), (await StreamAsync(events, size)).Select(Text));
        }

        Assert.Equal("Zoë said 🎉", string.Concat(expected.Select(chunk => (string?)Choice(chunk)?["delta"]?["content"])));
        Assert.Equal("Hmm.", string.Concat(expected.Select(chunk => (string?)Choice(chunk)?["delta"]?["reasoning_content"])));
        Assert.Contains(expected, chunk => Choice(chunk)?["delta"]?["reasoning_details"]?.ToJsonString() == """[{"type":"reasoning.text","signature":"sig","index":0}]""");
        Assert.All(expected, chunk => Assert.Equal(("msg_fake", "claude-fake"), ((string?)chunk["id"], (string?)chunk["model"])));
    }

    [Fact]
    public async Task AStreamsUsage_ComesLast_WithTheCacheInThePrompt()
    {
        var chunks = await StreamAsync([Start, .. TextBlock(0, "x"), MessageDelta("end_turn"), Stop]);

        var usage = chunks[^1];
        Assert.Empty(usage["choices"]!.AsArray());
        Assert.Equal(
            (InputTokens + CacheRead + CacheCreation, OutputTokens, CacheRead, CacheCreation),
            ((int)usage["usage"]!["prompt_tokens"]!, (int)usage["usage"]!["completion_tokens"]!, (int)usage["usage"]!["prompt_tokens_details"]!["cached_tokens"]!, (int)usage["usage"]!["prompt_tokens_details"]!["cache_creation_tokens"]!));
    }

    [Fact]
    public async Task ToolCallsInAStream_HaveIndexesOfTheirOwn_AndArgumentsAlways()
    {
        var chunks = await StreamAsync([Start, .. TextBlock(0, "Let me"), .. ToolBlock(1, "toolu_1", "weather", "", "{\"city\":", "\"Ulm\"}"), .. ToolBlock(2, "toolu_2", "now", ""), MessageDelta("tool_use"), Stop]);

        var calls = chunks.SelectMany(chunk => Choice(chunk)?["delta"]?["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal(["0 toolu_1 weather {\"city\":\"Ulm\"}", "1 toolu_2 now {}"], calls.GroupBy(call => (int)call!["index"]!).Select(pieces =>
            $"{pieces.Key} {string.Concat(pieces.Select(p => (string?)p!["id"]))} {string.Concat(pieces.Select(p => (string?)p!["function"]!["name"]))} {string.Concat(pieces.Select(p => (string?)p!["function"]!["arguments"]))}"));
    }

    [Fact]
    public async Task APing_IsASignOfLifeAndNoChunk()
    {
        var text = await Translations.AnswerAsync(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, Translations.Frames(Start, Ping), stream: true);

        Assert.EndsWith("\n\n: ping\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamWithoutMessageStop_HasNoEnd()
    {
        foreach (var cut in (string[][])[[Start], [Start, .. TextBlock(0, "x")], [Start, .. TextBlock(0, "x"), MessageDelta("end_turn")]])
        {
            var text = await Translations.AnswerAsync(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, Translations.Frames(cut) + "event: message_st", stream: true);

            Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"finish_reason\":\"", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AStreamWhoseLastEventLacksItsBlankLine_IsWhole()
    {
        var text = await Translations.AnswerAsync(
            UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, Translations.Frames([Start, .. TextBlock(0, "x"), MessageDelta("end_turn"), Stop]).TrimEnd(), stream: true);

        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"content_block_delta\"}")]
    [InlineData("{\"type\":\"content_block_start\",\"index\":\"x\",\"content_block\":{}}")]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\\ud800\"}}")]
    [InlineData("[]")]
    public async Task AnEventThatIsNone_IsInvalidData(string data)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            Translations.AnswerAsync(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, Translations.Frames(Start) + $"data: {data}\n\n", stream: true));
    }

    private static Task<string> WholeAsync(string content, string stopReason) => Translations.AnswerAsync(
        UpstreamOperation.ChatCompletions, UpstreamOperation.Messages,
        $$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":{{content}},"stop_reason":"{{stopReason}}","stop_sequence":null,{{Usage}}}""", stream: false);

    private static async Task<IReadOnlyList<JsonNode>> StreamAsync(string[] events, int pieces = 4096)
    {
        var data = Translations.Data(await Translations.AnswerAsync(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, Translations.Frames(events), stream: true, pieces));
        Assert.Equal("[DONE]", data[^1]);
        return [.. data.SkipLast(1).Select(json => JsonNode.Parse(json)!)];
    }

    private static JsonNode? Choice(JsonNode chunk) => chunk["choices"] is JsonArray { Count: > 0 } choices ? choices[0] : null;

    // All but the moment at which it was made.
    private static string Text(JsonNode chunk)
    {
        chunk["created"] = 0;
        return chunk.ToJsonString();
    }
}
