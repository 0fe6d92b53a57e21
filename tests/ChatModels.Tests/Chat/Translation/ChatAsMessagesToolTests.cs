using Xunit;
using static ChatModels.Tests.Chat.Translation.ChatAsMessagesFixture;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Tools, their calls and results, and the thoughts around them, on the way to Anthropic: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview.</summary>
public sealed class ChatAsMessagesToolTests
{
    [Fact]
    public void ResultsOfParallelCalls_ComeFirstInOneUserMessage()
    {
        var body = Saying("""
            {"role":"user","content":"a"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"} },{"id":"y","type":"function","function":{"name":"g","arguments":"{}"} }]},
            {"role":"tool","tool_call_id":"x","content":"1"},{"role":"user","content":"Hurry."},{"role":"tool","tool_call_id":"y","content":""}
            """);

        AssertJson("""
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":[{"type":"text","text":"1"}]},{"type":"tool_result","tool_use_id":"y"},{"type":"text","text":"Hurry."}]}
            """, body["messages"]![2]!);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"  \"")]
    [InlineData("\"{}\"")]
    [InlineData("null")]
    public void EmptyArguments_AreAnEmptyObject(string arguments)
    {
        var body = Saying($$$"""{{{Hi}}},{"role":"assistant","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":{{{arguments}}}}}]},{"role":"tool","tool_call_id":"x","content":"1"}""");

        AssertJson("{}", body["messages"]![1]!["content"]![0]!["input"]!);
    }

    [Theory]
    [InlineData("functions.weather:0")]
    [InlineData("")]
    [InlineData("ä b")]
    public void AToolIdOutsideTheCharset_IsExchangedAlikeInCallAndResult(string id)
    {
        var body = Saying($$$"""{{{Hi}}},{"role":"assistant","tool_calls":[{"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"{{{id}}}","content":"1"}""");

        var call = (string)body["messages"]![1]!["content"]![0]!["id"]!;
        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", call);
        Assert.Equal(call, (string?)body["messages"]![2]!["content"]![0]!["tool_use_id"]);
    }

    [Theory]
    [InlineData("\"tool_choice\":\"none\"", """{"type":"none"}""")]
    [InlineData("\"tool_choice\":\"auto\"", """{"type":"auto"}""")]
    [InlineData("\"tool_choice\":\"required\"", """{"type":"any"}""")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}", """{"type":"tool","name":"weather"}""")]
    [InlineData("\"parallel_tool_calls\":false", """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData("\"tool_choice\":\"required\",\"parallel_tool_calls\":false", """{"type":"any","disable_parallel_tool_use":true}""")]
    [InlineData("\"tool_choice\":\"none\",\"parallel_tool_calls\":false", """{"type":"none"}""")]
    [InlineData("\"parallel_tool_calls\":true", "null")]
    public void ToolChoice_IsTranslated(string fields, string expected)
    {
        var body = Translate($$"""{"model":"m","messages":[{{Hi}}],"tools":[{{Weather}}],{{fields}}}""");

        AcceptedByOfficialTypes(body);
        AssertJson(expected, body["tool_choice"]);
    }

    [Fact]
    public void AToolWithoutParameters_HasAnObjectsSchema()
    {
        var body = Translate($$$"""{"model":"m","messages":[{{{Hi}}}],"tools":[{"type":"function","function":{"name":"now","strict":true}}]}""");

        AssertJson("""[{"name":"now","input_schema":{"type":"object","properties":{} },"strict":true}]""", body["tools"]);
    }

    [Fact]
    public void AConversationWithCallsAndNoTools_DeclaresThoseCalled_AndForbidsThem()
    {
        var body = Saying($$$"""{{{Hi}}},{"role":"assistant","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"x","content":"1"}""");

        AssertJson("""[{"name":"f","input_schema":{"type":"object","properties":{} } }]""", body["tools"]);
        AssertJson("""{"type":"none"}""", body["tool_choice"]);
    }

    [Theory]
    [InlineData("\"reasoning_effort\":\"low\"", null, """{"type":"enabled","budget_tokens":1024}""", 5120)]
    [InlineData("\"reasoning_effort\":\"high\",\"max_tokens\":4000", null, """{"type":"enabled","budget_tokens":3000}""", 4000)]
    [InlineData("\"reasoning_effort\":\"high\",\"max_tokens\":1000", null, "null", 1000)]
    [InlineData("\"reasoning_effort\":\"none\"", null, "null", 4096)]
    [InlineData("\"reasoning_effort\":\"medium\"", "{\"thinking\":\"adaptive\"}", """{"type":"adaptive"}""", 4096)]
    [InlineData("\"reasoning_effort\":\"medium\"", "{\"thinking\":\"never\"}", "null", 4096)]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", null, """{"type":"enabled","budget_tokens":2000}""", 4096)]
    public void ReasoningEffort_IsThinkingWhereThereIsRoom(string fields, string? options, string thinking, int maxTokens)
    {
        var body = Translate($$"""{"model":"m","messages":[{{Hi}}],{{fields}}}""", options);

        AssertJson(thinking, body["thinking"]);
        Assert.Equal(maxTokens, (int)body["max_tokens"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"Hm\",\"index\":0},{\"type\":\"reasoning.text\",\"text\":\"m.\",\"index\":0},{\"type\":\"reasoning.text\",\"signature\":\"sig\",\"index\":0},{\"type\":\"reasoning.encrypted\",\"data\":\"xyz\",\"index\":1}]")]
    public void Thoughts_TravelBackOnTheToolTurn_AndWithoutThemThinkingStaysOff(string details)
    {
        var body = Translate($$$"""
            {"model":"m","reasoning_effort":"low","messages":[{{{Hi}}},
              {"role":"assistant","content":"So.","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":""} }]{{{details}}}},
              {"role":"tool","tool_call_id":"x","content":"1"}]}
            """);

        AcceptedByOfficialTypes(body);
        Assert.Equal(details.Length > 0, body["thinking"] is not null);
        var types = body["messages"]![1]!["content"]!.AsArray().Select(block => (string)block!["type"]!);
        Assert.Equal(details.Length > 0 ? ["thinking", "redacted_thinking", "text", "tool_use"] : ["text", "tool_use"], types);
        if (details.Length > 0)
        {
            AssertJson("""{"type":"thinking","thinking":"Hmm.","signature":"sig"}""", body["messages"]![1]!["content"]![0]);
        }
    }
}
