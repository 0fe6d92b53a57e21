using System.Text;
using ChatModels.Chat;
using ChatModels.Chat.Content;
using ChatModels.Providers;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>Every kind of part, of both wire formats, in the form of the conventions' schemas.</summary>
public sealed class ContentFormTests
{
    [Theory]
    [InlineData(
        """{"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}""",
        """{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}}]}""")]
    [InlineData(
        """{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"not JSON"}}]}""",
        """{"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"f","arguments":"not JSON"}]}""")]
    [InlineData("""{"role":"tool","tool_call_id":"1","content":"rain"}""", """{"role":"tool","parts":[{"type":"tool_call_response","id":"1","response":"rain"}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://host/a.png?sig=secret"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}""",
        """{"role":"user","parts":[{"type":"text","content":"a"},{"type":"uri","modality":"image","uri":"https://host/a.png","truncated":true},{"type":"blob","modality":"image","mime_type":"image/png","content":"","truncated":true}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"file","file":{"file_id":"f-1"}},{"type":"news"}]}""",
        """{"role":"user","parts":[{"type":"blob","modality":"audio","content":"","truncated":true},{"type":"file","modality":"document","file_id":"f-1"},{"type":"news"}]}""")]
    [InlineData("""{"role":"user","content":"\ud800"}""", """{"role":"user","parts":[{"type":"text","content":"\uFFFD"}]}""")]
    [InlineData("""7""", """{"role":"","parts":[]}""")]
    public void AMessage_OfOpenAIs(string message, string shown) => Assert.Equal($"[{shown}]", Read(UpstreamOperation.ChatCompletions, message).Replace("\uFFFD", "\\uFFFD", StringComparison.Ordinal));

    [Theory]
    [InlineData(
        """{"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"text","text":"a"},{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]}""",
        """{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"text","content":"a"},{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"ra"},{"type":"text","text":"in"}]}]}""",
        """{"role":"user","parts":[{"type":"tool_call_response","id":"1","response":"rain"}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"document","source":{"type":"url","url":"https://host/a.pdf"}}]}""",
        """{"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"","truncated":true},{"type":"uri","modality":"document","uri":"https://host/a.pdf"}]}""")]
    public void AMessage_OfAnthropics(string message, string shown) => Assert.Equal($"[{shown}]", Read(UpstreamOperation.Messages, message));

    [Theory]
    [InlineData(
        """[{"role":"assistant","parts":[{"type":"text","content":"a"}],"finish_reason":"stop"},{"role":"assistant","parts":[{"type":"text","content":"No."}],"finish_reason":"content_filter"}]""",
        """{"choices":[{"index":1,"message":{"content":null,"refusal":"No."},"finish_reason":"content_filter"},{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}""")]
    [InlineData(
        """[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}},{"type":"tool_call","id":"2","name":"g","arguments":{}}],"finish_reason":"tool_call"}]""",
        """{"choices":[{"delta":{"role":"assistant","reasoning_content":"Hm"}}]}""",
        """{"choices":[{"delta":{"reasoning_content":"."}}]}""",
        """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\""}}]}}]}""",
        """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"2","function":{"name":"g"}}]}}]}""",
        """{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}""")]
    [InlineData(
        """[{"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"f","arguments":{}},{"type":"tool_call","id":"2","name":"f","arguments":{}}],"finish_reason":"tool_call"}]""",
        """{"choices":[{"index":0,"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}},{"id":"2","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""")]
    [InlineData(
        """[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"text","content":"ab"},{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}}],"finish_reason":"tool_call"}]""",
        """{"type":"message_start","message":{"role":"assistant","content":[]}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a"}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}""",
        """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"1","name":"f","input":{}}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""",
        """{"type":"message_delta","delta":{"stop_reason":"tool_use"}}""")]
    [InlineData(
        """[{"role":"assistant","parts":[{"type":"text","content":"a"},{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}},{"type":"server_tool_use"}],"finish_reason":"length"}]""",
        """{"type":"message","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"1","name":"f","input":{"a":1}},{"type":"server_tool_use","id":"2"}],"stop_reason":"max_tokens"}""")]
    [InlineData(null, """{"choices":[]}""", """{"choices":7,"type":"ping"}""", """{"type":"content_block_delta" """)]
    public void AnAnswer_WholeOrInParts(string? shown, params string[] objects)
    {
        var answer = new AnswerContent(1_000);
        foreach (var json in objects)
        {
            answer.Add(Encoding.UTF8.GetBytes(json));
        }

        Assert.Equal(shown, answer.Write());
    }

    [Fact]
    public void WhatAnAnswerBeginsOverAndOver_IsBounded()
    {
        var answer = new AnswerContent(1_000_000);
        for (var i = 0; i < 2_000; i++)
        {
            answer.Add(Encoding.UTF8.GetBytes($$$"""{"choices":[{"index":{{{i}}},"delta":{"content":"a","tool_calls":[{"index":{{{i}}},"id":"1"}]} }]}"""));
        }

        Assert.InRange(answer.Write()!.Length, 1, 60_000);
    }

    private static string Read(UpstreamOperation operation, string message)
    {
        var request = ChatRequestReader.TryRead(new ChatCall(operation, Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{{message}}]}""")), out var failure);
        Assert.Null(failure);
        return RequestContent.Read(request!, 10_000).Messages!;
    }
}
