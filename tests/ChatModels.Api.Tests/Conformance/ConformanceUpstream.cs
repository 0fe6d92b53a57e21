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

    public static UpstreamHandler Handler { get; } = (context, body) => Behaviour(LastText(body.RootElement))(context, body);

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
