using System.Text;
using System.Text.Json;

namespace ChatModels.Testing;

/// <summary>Behaviours of a <see cref="FakeUpstream"/> that speaks Anthropic's Messages API.</summary>
/// <remarks>Shapes after https://platform.claude.com/docs/en/api/messages, .../build-with-claude/streaming and .../api/errors; texts and numbers are ours.</remarks>
public static class AnthropicUpstream
{
    public const int InputTokens = 5;
    public const int CacheRead = 20;
    public const int CacheCreation = 3;
    public const int OutputTokens = 7;

    private const string Usage = "\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":3,\"cache_read_input_tokens\":20,\"output_tokens\":7}";

    /// <summary>The first event of every stream.</summary>
    public const string Start =
        """{"type":"message_start","message":{"id":"msg_fake","type":"message","role":"assistant","model":"claude-fake","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":3,"cache_read_input_tokens":20,"output_tokens":1}}}""";

    public const string Stop = """{"type":"message_stop"}""";

    public const string Ping = """{"type":"ping"}""";

    /// <summary>A message, or a stream of its words when the request says so.</summary>
    public static UpstreamHandler Auto(string text) => (context, body) =>
        body.RootElement.TryGetProperty("stream", out var stream) && stream.ValueKind is JsonValueKind.True
            ? Events([Start, .. TextBlock(0, text), MessageDelta("end_turn"), Stop])(context, body)
            : Message($$"""[{"type":"text","text":{{JsonSerializer.Serialize(text)}}}]""")(context, body);

    public static UpstreamHandler Message(string content, string stopReason = "end_turn", string usage = Usage) => UpstreamReply.Json(
        $$"""{"id":"msg_fake","type":"message","role":"assistant","model":"claude-fake","content":{{content}},"stop_reason":"{{stopReason}}","stop_sequence":null,{{usage}}}""");

    public static UpstreamHandler Error(int status, string type, string message) =>
        UpstreamReply.Json($$"""{"type":"error","error":{"type":"{{type}}","message":{{JsonSerializer.Serialize(message)}}},"request_id":"req_fake"}""", status);

    /// <summary>A stream of these events, each flushed by itself; those but the first wait for <paramref name="between"/>.</summary>
    public static UpstreamHandler Events(IReadOnlyList<string> events, Func<int, Task>? between = null) => UpstreamStreaming.Raw([.. events.Select(Frame)], between);

    /// <summary>The same, and then nothing, with the connection open.</summary>
    public static UpstreamHandler EventsThenHang(params IReadOnlyList<string> events) => async (context, body) =>
    {
        await Events(events)(context, body);
        await UpstreamReply.HangAsync(context);
    };

    public static byte[] Frame(string json) => Encoding.UTF8.GetBytes($"event: {JsonElement.Parse(json).GetProperty("type").GetString()}\ndata: {json}\n\n");

    public static IEnumerable<string> TextBlock(int index, string text)
    {
        yield return $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"text","text":""}}""";
        foreach (var word in text.Split(' ').Select((word, i) => i == 0 ? word : $" {word}"))
        {
            yield return Delta(index, "text_delta", "text", word);
        }

        yield return BlockStop(index);
    }

    public static IEnumerable<string> ToolBlock(int index, string id, string name, params string[] json) =>
    [
        $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"tool_use","id":"{{{id}}}","name":"{{{name}}}","input":{} } }""",
        .. json.Select(piece => Delta(index, "input_json_delta", "partial_json", piece)),
        BlockStop(index),
    ];

    public static IEnumerable<string> ThinkingBlock(int index, string signature, params string[] thoughts) =>
    [
        $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        .. thoughts.Select(piece => Delta(index, "thinking_delta", "thinking", piece)),
        Delta(index, "signature_delta", "signature", signature),
        BlockStop(index),
    ];

    /// <summary>The last word on why it stopped and what it cost: counts are cumulative.</summary>
    public static string MessageDelta(string stopReason) =>
        $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stopReason}}}","stop_sequence":null},"usage":{"output_tokens":{{{OutputTokens}}} } }""";

    public static string BlockStop(int index) => $$"""{"type":"content_block_stop","index":{{index}}}""";

    public static string Delta(int index, string type, string field, string value) =>
        $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{"type":"{{{type}}}","{{{field}}}":{{{JsonSerializer.Serialize(value)}}} } }""";
}
