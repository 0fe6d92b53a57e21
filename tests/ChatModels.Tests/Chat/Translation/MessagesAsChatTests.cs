using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Requests built by Anthropic's own client types, as OpenAI-compatible servers take them; their answers as those types read them.</summary>
public sealed class MessagesAsChatTests
{
    [Fact]
    public void AConversationOfTheOfficialTypes_IsAListOfChatMessages()
    {
        var body = Translate(new MessageCreateParams
        {
            Model = "m",
            MaxTokens = 100,
            System = new List<TextBlockParam> { new() { Text = "Be brief.", CacheControl = new() }, new() { Text = "Be kind." } },
            Messages =
            [
                new UserMessageParam(new List<ContentBlockParam> { new TextBlockParam("What is this?"), new ImageBlockParam(new Base64ImageSource { Data = "AAAA", MediaType = MediaType.ImagePng }) }),
                new AssistantMessageParam(new List<ContentBlockParam>
                {
                    new ThinkingBlockParam { Thinking = "Hm.", Signature = "sig" },
                    new TextBlockParam("Let me look."),
                    new ToolUseBlockParam { ID = "toolu_1", Name = "weather", Input = new Dictionary<string, JsonElement> { ["city"] = JsonElement.Parse("\"Ulm\"") } },
                    new ToolUseBlockParam { ID = "toolu_2", Name = "now", Input = new Dictionary<string, JsonElement>() },
                }),
                new UserMessageParam(new List<ContentBlockParam>
                {
                    new ToolResultBlockParam("toolu_1") { Content = "Rain." },
                    new ToolResultBlockParam("toolu_2") { IsError = true },
                    new TextBlockParam("Go on."),
                }),
            ],
            Tools = [new ToolUnion(new Tool { Name = "weather", Description = "Tells it.", InputSchema = new InputSchema { Required = ["city"] } })],
            ToolChoice = new ToolChoiceAny { DisableParallelToolUse = true },
            StopSequences = ["END"],
            Metadata = new Metadata { UserID = "u1" },
            Thinking = new ThinkingConfigEnabled(2048),
        });

        AssertJson("""
            {"model":"up","messages":[
              {"role":"system","content":"Be brief.\n\nBe kind."},
              {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","content":"Let me look.","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Ulm\"}"}},{"id":"toolu_2","type":"function","function":{"name":"now","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"toolu_1","content":"Rain."},
              {"role":"tool","tool_call_id":"toolu_2","content":"The tool failed."},
              {"role":"user","content":"Go on."}],
             "max_completion_tokens":100,
             "tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","required":["city"]}}}],
             "tool_choice":"required","parallel_tool_calls":false,"stop":["END"],"reasoning_effort":"low","user":"u1"}
            """, body);
    }

    [Theory]
    [InlineData(null, "max_completion_tokens")]
    [InlineData("https://api.openai.com/v1", "max_completion_tokens")]
    [InlineData("http://vllm:8000/v1", "max_tokens")]
    public void MaxTokens_HasTheNameThatTheServerKnows(string? endpoint, string name)
    {
        var (body, _) = Request("\"max_tokens\":9,\"messages\":[]", new ProviderConfig { Type = "openai", Endpoint = endpoint });

        Assert.Equal(9, (int)body![name]!);
    }

    [Theory]
    [InlineData(StreamUsage.Auto, "{\"include_usage\":true}")]
    [InlineData(StreamUsage.Never, "null")]
    public void AStream_AsksForUsageWhereTheProviderTakesIt(StreamUsage usage, string expected)
    {
        var (body, _) = Request("\"max_tokens\":9,\"messages\":[],\"stream\":true", new ProviderConfig { Type = "openai", UsageInStream = usage });

        Assert.True((bool)body!["stream"]!);
        AssertJson(expected, body["stream_options"]);
    }

    [Theory]
    [InlineData("\"top_k\":5", "top_k")]
    [InlineData("\"mcp_servers\":[{}]", "mcp_servers")]
    [InlineData("\"container\":\"c\"", "container")]
    [InlineData("\"inference_geo\":\"eu\"", "inference_geo")]
    [InlineData("\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]", "tools[0]")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":{}}]}]", "messages[0].content[0]")]
    [InlineData("\"max_tokens\":null", "max_tokens")]
    public void WhatHasNoTwin_IsRefusedByName(string field, string name)
    {
        var messages = field.StartsWith("\"messages\"", StringComparison.Ordinal) ? "" : "\"messages\":[],";
        var max = field.StartsWith("\"max_tokens\"", StringComparison.Ordinal) ? "" : "\"max_tokens\":9,";

        var (_, failure) = Request(messages + max + field);

        Assert.Equal((400, ErrorCodes.NotTranslatable, name), (failure!.Status, failure.Code, failure.Param));
    }

    [Fact]
    public void WhatIsHarmless_IsLeftOut()
    {
        var (body, failure) = Request("\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\",\"cache_control\":{\"type\":\"ephemeral\"}}]}],\"service_tier\":\"auto\",\"thinking\":{\"type\":\"disabled\"},\"mcp_servers\":[],\"container\":null");

        Assert.Null(failure);
        AssertJson("""{"model":"up","messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":9}""", body);
    }

    [Fact]
    public void AnImageInAToolsResult_GoesToTheUsersMessageBehindIt()
    {
        var (body, _) = Request("""
            "max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":[{"type":"text","text":"Here:"},{"type":"image","source":{"type":"url","url":"https://e.com/a.png"}}]}]}]
            """);

        AssertJson("""
            [{"role":"tool","tool_call_id":"x","content":"Here:"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://e.com/a.png"}}]}]
            """, body!["messages"]);
    }

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

    private static JsonNode Translate(MessageCreateParams request)
    {
        var (body, failure) = Translations.Request(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, JsonSerializer.Serialize(request.RawBodyData));
        Assert.Null(failure);
        return body!;
    }

    private static (JsonNode? Body, ChatFailure? Failure) Request(string fields, ProviderConfig? provider = null) =>
        Translations.Request(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, $$"""{"model":"m",{{fields}}}""", provider);

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}{Environment.NewLine}Actual   {actual?.ToJsonString()}");
}
