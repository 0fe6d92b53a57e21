using ChatModels.Providers;
using Xunit;
using static ChatModels.Tests.Chat.Translation.ChatAsMessagesFixture;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>OpenAI's requests as Anthropic's API takes them, trap by trap. What it takes: https://platform.claude.com/docs/en/api/messages.</summary>
public sealed class ChatAsMessagesRequestTests
{
    [Fact]
    public void AWholeConversation_IsOneThatTheOfficialTypesAccept()
    {
        var body = Translate($$"""
            {"model":"m","messages":[
              {"role":"system","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"high"} }]},
              {"role":"assistant","content":"Let me look.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Ulm\"}"} }]},
              {"role":"tool","tool_call_id":"call_1","content":"Rain."},
              {"role":"user","content":"Thanks."}],
             "tools":[{{Weather}}],"max_tokens":100,"temperature":0.5,"stop":["END"],"user":"u1"}
            """);

        AcceptedByOfficialTypes(body);
        AssertJson("""
            {"model":"up","system":[{"type":"text","text":"Be brief."}],"messages":[
              {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"} }]},
              {"role":"assistant","content":[{"type":"text","text":"Let me look."},{"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Ulm"} }]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"Rain."}]},{"type":"text","text":"Thanks."}]}],
             "max_tokens":100,"tools":[{"name":"weather","description":"Tells it.","input_schema":{"type":"object","properties":{"city":{"type":"string"} },"required":["city"]} }],
             "temperature":0.5,"stop_sequences":["END"],"metadata":{"user_id":"u1"} }
            """, body);
    }

    [Theory]
    [InlineData("\"max_tokens\":7", null, 7)]
    [InlineData("\"max_completion_tokens\":8,\"max_tokens\":7", null, 8)]
    [InlineData("\"max_tokens\":null", 900, 900)]
    [InlineData("\"n\":1", null, 4096)]
    public void MaxTokens_IsAlwaysThere(string field, int? models, int expected)
    {
        var body = Translate($$"""{"model":"m","messages":[{{Hi}}],{{field}}}""", maxOutputTokens: models);

        Assert.Equal(expected, (int)body["max_tokens"]!);
    }

    [Fact]
    public void SystemMessages_WhereverTheyStand_GoToTheOnePlaceForThem()
    {
        var body = Saying("""{"role":"user","content":"a"},{"role":"developer","content":[{"type":"text","text":"One."},{"type":"text","text":""}]},{"role":"user","content":"b"},{"role":"system","content":"Two."}""");

        AssertJson("""[{"type":"text","text":"One."},{"type":"text","text":"Two."}]""", body["system"]!);
        AssertJson("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", body["messages"]!);
    }

    [Fact]
    public void EmptyTexts_AreLeftOut_AndTurnsAroundThemMerged()
    {
        var body = Saying("""{"role":"user","content":"a"},{"role":"assistant","content":""},{"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"b"}]}""");

        AssertJson("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", body["messages"]!);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"top_logprobs\":3", "top_logprobs")]
    [InlineData("\"seed\":1", "seed")]
    [InlineData("\"frequency_penalty\":0.5", "frequency_penalty")]
    [InlineData("\"presence_penalty\":-0.5", "presence_penalty")]
    [InlineData("\"logit_bias\":{\"1\":2}", "logit_bias")]
    [InlineData("\"temperature\":1.5", "temperature above 1")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "response_format json_object")]
    [InlineData("\"functions\":[]", "functions")]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "audio")]
    [InlineData("\"something_new\":1", "something_new")]
    public void AParameterWithoutATwin_IsRefusedByName_OrDroppedWhereTheProviderSaysSo(string field, string name)
    {
        var request = $$"""{"model":"m","messages":[{{Hi}}],{{field}}}""";

        var (_, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, request);
        var dropped = Translate(request, "{\"dropUnsupported\":true}");

        Assert.Equal((400, ErrorCodes.NotTranslatable, name), (failure!.Status, failure.Code, failure.Param));
        Assert.Contains($"'{name}'", failure.Message, StringComparison.Ordinal);
        AcceptedByOfficialTypes(dropped);
        Assert.True(dropped["temperature"] is null || (double)dropped["temperature"]! == 1);
    }

    [Fact]
    public void EverythingThatCanNotBeSaid_IsNamedAtOnce()
    {
        var (_, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages,
            """{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}},{"type":"text","text":"Hi"}]}],"seed":1,"n":3}""");

        Assert.Contains("'seed', 'n'", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("'messages[0].content[0]'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"n\":1")]
    [InlineData("\"logprobs\":false,\"top_logprobs\":0")]
    [InlineData("\"seed\":null,\"stop\":null,\"tools\":null,\"response_format\":{\"type\":\"text\"}")]
    [InlineData("\"presence_penalty\":0,\"frequency_penalty\":0.0,\"logit_bias\":{}")]
    [InlineData("\"store\":true,\"metadata\":{\"a\":\"b\"},\"service_tier\":\"auto\",\"modalities\":[\"text\"]")]
    [InlineData("\"stream_options\":{\"include_usage\":true}")]
    public void WhatAsksForNothing_IsNoReasonToRefuse(string fields)
    {
        var body = Translate($$"""{"model":"m","messages":[{{Hi}}],{{fields}}}""");

        Assert.Equal(["max_tokens", "messages", "model"], body.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("data:image/jpg;base64,AAAA", """{"type":"base64","media_type":"image/jpeg","data":"AAAA"}""")]
    [InlineData("data:image/webp;charset=x;base64,AAAA", """{"type":"base64","media_type":"image/webp","data":"AAAA"}""")]
    [InlineData("https://example.com/a.png", """{"type":"url","url":"https://example.com/a.png"}""")]
    public void AnImage_IsSentAsItsSource(string url, string source)
    {
        var body = Saying($$$"""{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}""");

        AcceptedByOfficialTypes(body);
        AssertJson(source, body["messages"]![0]!["content"]![0]!["source"]);
    }

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"http://example.com/a.png"}}""")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png,AAAA"}}""")]
    [InlineData("""{"type":"file","file":{"file_id":"x"}}""")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"","format":"wav"}}""")]
    public void APartThatCanNotBeSent_IsRefusedEvenWhereParametersAreDropped(string part)
    {
        var (_, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages,
            $$"""{"model":"m","messages":[{"role":"user","content":[{{part}}]},{{Hi}}]}""", Provider("{\"dropUnsupported\":true}"));

        Assert.Equal((400, ErrorCodes.NotTranslatable, "messages[0].content[0]"), (failure!.Status, failure.Code, failure.Param));
    }

    [Fact]
    public void AJsonSchema_IsTheOutputsFormat()
    {
        var body = Translate($$$"""{"model":"m","messages":[{{{Hi}}}],"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"object","properties":{} } } } }""");

        AcceptedByOfficialTypes(body);
        AssertJson("""{"format":{"type":"json_schema","schema":{"type":"object","properties":{} } } }""", body["output_config"]);
    }

    [Fact]
    public void APrefill_EndsWithoutWhiteSpace()
    {
        var body = Saying($$"""{{Hi}},{"role":"assistant","content":"The answer is: \n"}""");

        Assert.Equal("The answer is:", (string?)body["messages"]![1]!["content"]![0]!["text"]);
    }

    [Theory]
    [InlineData("""{"role":"system","content":"Only me."}""", "messages")]
    [InlineData("""{"role":"user","content":7}""", "messages[0].content")]
    [InlineData("""{"role":"wizard","content":"x"}""", "messages[0].role")]
    [InlineData("""{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"[1"}}]}""", "messages[1].tool_calls.function.arguments")]
    public void AMessageThatCanNotBe_IsNamed(string messages, string field)
    {
        var (_, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, $$"""{"model":"m","messages":[{{messages}}]}""");

        Assert.Contains($"'{field}'", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HalfASurrogatePair_IsTheCallersMistake()
    {
        var (_, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, """{"model":"m","messages":[{"role":"user","content":"\ud800"}]}""");

        Assert.Equal((400, ErrorCodes.InvalidRequest), (failure!.Status, failure.Code));
    }
}
