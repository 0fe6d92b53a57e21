using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatModels.Testing;

/// <summary>The frames of one OpenAI stream.</summary>
internal sealed partial class UpstreamFrames(JsonDocument request, bool alwaysUsage)
{
    // Characters as themselves rather than as \u escapes, as vendors send them.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _model = UpstreamReply.ModelOf(request);
    private readonly bool _usage = alwaysUsage
        || (request.RootElement.TryGetProperty("stream_options", out var options) && options.ValueKind is JsonValueKind.Object
            && options.TryGetProperty("include_usage", out var include) && include.ValueKind is JsonValueKind.True);

    public static byte[] Done { get; } = "data: [DONE]\n\n"u8.ToArray();

    public byte[] Role() => Chunk([Choice(new { role = "assistant", content = "" }, null)]);

    public byte[] Content(string text) => Chunk([Choice(new { content = text }, null)]);

    public byte[] Finish() => Chunk([Choice(new { }, "stop")]);

    public byte[] Usage() => _usage ? Chunk([], UpstreamReply.Usage) : [];

    public static byte[] Error() =>
        Frame(new { error = new { message = "The upstream failed midway.", type = "server_error", param = (string?)null, code = (string?)null } });

    private static object Choice(object delta, string? finish) => new { index = 0, delta, finish_reason = finish };

    // OpenAI sends `usage: null` in every other chunk, but only to those who asked for usage.
    private byte[] Chunk(object[] choices, object? usage = null)
    {
        var chunk = new Dictionary<string, object?>
        {
            ["id"] = "chatcmpl-fake",
            ["object"] = "chat.completion.chunk",
            ["created"] = 1_700_000_000,
            ["model"] = _model,
            ["choices"] = choices,
        };
        if (_usage)
        {
            chunk["usage"] = usage;
        }

        return Frame(chunk);
    }

    private static byte[] Frame(object value) => Encoding.UTF8.GetBytes($"data: {Json(value)}\n\n");

    // Even the relaxed encoder escapes what lies outside the basic plane: emoji, the very characters that tear.
    private static string Json(object value) => SurrogatePair().Replace(
        JsonSerializer.Serialize(value, Relaxed),
        pair => string.Concat((char)Convert.ToInt32(pair.Groups[1].Value, 16), (char)Convert.ToInt32(pair.Groups[2].Value, 16)));

    [GeneratedRegex(@"(?<!\\)\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})", RegexOptions.IgnoreCase)]
    private static partial Regex SurrogatePair();
}
