using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using ChatModels.Providers;
using Xunit;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Answers of OpenAI-compatible servers, whole and streamed, as Anthropic's own client types read and check them. Shapes after https://platform.openai.com/docs/api-reference/chat/streaming and .../object.</summary>
public sealed class MessagesAsChatAnswerTests
{
    [Fact]
    public async Task AWholeCompletion_IsAMessage()
    {
        var message = await WholeAsync("""
            {"role":"assistant","content":"Look.","reasoning_content":"Hm.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"now","arguments":""}},{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Ulm\"}"}}]}
            """, "tool_calls");

        message.Validate();
        Assert.Equal(("cmpl_1", "up-1", StopReason.ToolUse), (message.ID, message.Model.Raw(), message.StopReason!.Value()));
        Assert.Equal((8L, 20L, 7L), (message.Usage.InputTokens, message.Usage.CacheReadInputTokens, message.Usage.OutputTokens));
        Assert.Equal(["thinking", "text", "tool_use", "tool_use"], message.Content.Select(block => block.Type.Raw()));
        Assert.True(message.Content[2].TryPickToolUse(out var now));
        Assert.Empty(now!.Input);
        Assert.True(message.Content[3].TryPickToolUse(out var weather));
        Assert.Equal("Ulm", weather!.Input["city"].GetString());
    }

    [Theory]
    [InlineData("stop", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("content_filter", "refusal")]
    [InlineData("something_new", "end_turn")]
    public async Task AFinishReason_IsAStopReason(string finishReason, string stopReason)
    {
        Assert.Equal(stopReason, (await WholeAsync("""{"role":"assistant","content":"x"}""", finishReason)).StopReason!.Raw());
    }

    [Fact]
    public async Task AStream_IsBlocksOneAfterTheOther()
    {
        var events = await StreamAsync(
            Delta("{\"role\":\"assistant\",\"content\":\"\"}"), Delta("{\"reasoning_content\":\"Hm\"}"), Delta("{\"content\":\"A\"}"), Delta("{\"content\":\"B\"}"),
            Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"""),
            Delta("""{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":"{\"a\":1}"}}]}"""),
            Delta("{}", "tool_calls"), Usage, "[DONE]");

        Assert.Equal(
            ["message_start", "content_block_start 0 thinking", "content_block_delta 0", "content_block_stop 0", "content_block_start 1 text", "content_block_delta 1", "content_block_delta 1", "content_block_stop 1",
             "content_block_start 2 tool_use", "content_block_delta 2", "content_block_stop 2", "content_block_start 3 tool_use", "content_block_delta 3", "content_block_stop 3", "message_delta", "message_stop"],
            events.Select(e => $"{(string?)e["type"]} {e["index"]?.ToJsonString()} {(string?)e["content_block"]?["type"]}".Trim()));
        var delta = events[^2];
        Assert.Equal(("tool_use", 8, 20, 7), ((string?)delta["delta"]!["stop_reason"], (int)delta["usage"]!["input_tokens"]!, (int)delta["usage"]!["cache_read_input_tokens"]!, (int)delta["usage"]!["output_tokens"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AStream_HasAnEndOnlyIfTheAnswerHadOne(bool finished)
    {
        string[] chunks = finished ? [Delta("{\"content\":\"A\"}"), Delta("{}", "stop")] : [Delta("{\"content\":\"A\"}")];

        var text = await Translations.AnswerAsync(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, Translations.Chunks(chunks) + (finished ? "" : "data: {\"ch"), stream: true);

        Assert.Equal(finished, text.Contains("message_stop", StringComparison.Ordinal));
        Assert.Equal(finished, text.Contains("message_delta", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}""")]
    [InlineData("""{"content":"\ud800"}""")]
    public async Task AChunkThatCanNotBe_IsInvalidData(string delta)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            Translations.AnswerAsync(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, Translations.Chunks(Delta(delta)), stream: true));
    }

    private const string Usage = """{"id":"cmpl_1","model":"up-1","choices":[],"usage":{"prompt_tokens":28,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":20}}}""";

    private static string Delta(string delta, string? finish = null) =>
        $$"""{"id":"cmpl_1","model":"up-1","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";

    private static async Task<IReadOnlyList<JsonNode>> StreamAsync(params string[] chunks)
    {
        var text = await Translations.AnswerAsync(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, Translations.Chunks(chunks), stream: true, pieces: 11);
        var data = Translations.Data(text);
        foreach (var json in data)
        {
            JsonSerializer.Deserialize<RawMessageStreamEvent>(json)!.Validate();
            Assert.Contains($"event: {JsonElement.Parse(json).GetProperty("type").GetString()}\ndata: {json}\n\n", text, StringComparison.Ordinal);
        }

        return [.. data.Select(json => JsonNode.Parse(json)!)];
    }

    private static async Task<Message> WholeAsync(string message, string finish)
    {
        var completion = $$"""{"id":"cmpl_1","object":"chat.completion","model":"up-1","choices":[{"index":0,"message":{{message}},"finish_reason":"{{finish}}"}],{{Usage[(Usage.IndexOf("\"usage\"", StringComparison.Ordinal))..]}}""";
        return JsonSerializer.Deserialize<Message>(await Translations.AnswerAsync(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, completion, stream: false))!;
    }
}
