using System.Text.Json;
using ChatModels.Testing;

namespace ChatModels.Api.Tests.Conformance;

/// <summary>A vendor that does what the last message says: <c>tool</c>, <c>refuse</c>, <c>cut</c>, <c>hang</c>; anything else gets an answer of two pieces.</summary>
internal static class ConformanceUpstream
{
    public const string Text = "Hello there.";

    private const string ToolCall = """
        {"id":"1","object":"chat.completion","created":1,"model":"vendor-model","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
         "tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Ghent\"}"}}]}}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}
        """;

    /// <summary>What it says of a prompt's tokens, all of them, in OpenAI's words.</summary>
    public static int PromptTokens(string type) => type == "anthropic" ? AnthropicUpstream.InputTokens + AnthropicUpstream.CacheRead + AnthropicUpstream.CacheCreation : UpstreamReply.PromptTokens;

    /// <summary>One that speaks the protocol of a provider type.</summary>
    public static UpstreamHandler Of(string type) => (context, body) => (type == "anthropic" ? Anthropics(LastText(body.RootElement)) : Behaviour(LastText(body.RootElement)))(context, body);

    public static UpstreamHandler Handler { get; } = Of("openai");

    private static UpstreamHandler Anthropics(string text) => text switch
    {
        "tool" => AnthropicUpstream.Message("""[{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Ghent"},"caller":{"type":"direct"}}]""", "tool_use"),
        "refuse" => AnthropicUpstream.Error(400, "invalid_request_error", "Too many tokens."),
        "cut" => AnthropicUpstream.Events([AnthropicUpstream.Start, .. AnthropicUpstream.TextBlock(0, "One")]),
        "hang" => AnthropicUpstream.EventsThenHang([AnthropicUpstream.Start, .. AnthropicUpstream.TextBlock(0, "One")]),
        _ => AnthropicUpstream.Auto(Text),
    };

    private static UpstreamHandler Behaviour(string text) => text switch
    {
        "tool" => UpstreamReply.Json(ToolCall),
        "refuse" => UpstreamReply.Error(400, "context_length_exceeded", "Too many tokens."),
        "cut" => Script(StreamEnd.CutMidFrame),
        "hang" => UpstreamReply.Either(UpstreamReply.HangBeforeHeaders(), Script(StreamEnd.Hang)),
        _ => UpstreamReply.Auto(Text),
    };

    private static UpstreamHandler Script(StreamEnd end) => UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = end });

    private static string LastText(JsonElement request)
    {
        var content = request.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        return content.ValueKind is JsonValueKind.Array ? content[0].GetProperty("text").GetString()! : content.GetString()!;
    }
}
