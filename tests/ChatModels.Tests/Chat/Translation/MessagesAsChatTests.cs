using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Requests built by Anthropic's own client types, as OpenAI-compatible servers take them; what else is refused or left out after https://platform.claude.com/docs/en/api/messages.</summary>
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
