using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatModels.Chat;

/// <summary>OpenAI's error object: always all four keys, as its clients expect.</summary>
internal static class OpenAIErrorBody
{
    // People read these in a terminal: quotes and accents as they are. It is JSON for a JSON client, never HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object for a failure: the provider's own where it is passed on, else ours.</summary>
    public static ReadOnlyMemory<byte> For(ChatFailure failure) =>
        failure.UpstreamBody ?? Write(failure.Status, failure.Code, failure.Message, failure.Param);

    /// <summary>The same as an event of a stream.</summary>
    public static ReadOnlyMemory<byte> AsEvent(ChatFailure failure) => (byte[])[.. "data: "u8, .. For(failure).Span, .. "\n\n"u8];

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
