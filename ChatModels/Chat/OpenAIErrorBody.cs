using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatModels.Chat;

/// <summary>OpenAI's error object: always all four keys, as its clients expect.</summary>
internal static class OpenAIErrorBody
{
    // People read these in a terminal: quotes and accents as they are. It is JSON for a JSON client, never HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> Choices => ",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]"u8;

    /// <summary>The object for a failure: the provider's own where it is passed on, else ours.</summary>
    public static ReadOnlyMemory<byte> For(ChatFailure failure) =>
        failure.UpstreamBody ?? Write(failure.Status, failure.Code, failure.Message, failure.Param);

    /// <summary>The same as an event of a stream.</summary>
    /// <remarks>
    /// OpenAI's clients raise whatever has an error in it, but for the one for .NET, which reads on as if nothing had been said. So there is a choice beside it whose finish reason
    /// is none of the known ones: that client raises this. OpenRouter sends its errors in the same shape. To abort the connection would lose content on its way to the client, and
    /// clients ask again, and are billed again, where nothing has arrived.
    /// </remarks>
    public static ReadOnlyMemory<byte> AsEvent(int status, string code, string message, string? param) =>
        (byte[])[.. "data: "u8, .. Write(status, code, message, param).Span[..^1], .. Choices, .. "}\n\n"u8];

    /// <summary>Writes an error object.</summary>
    public static ReadOnlyMemory<byte> Write(int status, string code, string message, string? param)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("type"u8, TypeOf(status));
        json.WriteString("param"u8, param);
        json.WriteString("code"u8, code);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        < 500 => "invalid_request_error",
        _ => "server_error",
    };
}
