using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes a file within the request as a document: a PDF as it is, plain text as text. Anthropic takes no other kinds.</summary>
internal static class DocumentWriter
{
    // https://platform.claude.com/docs/en/build-with-claude/pdf-support and .../citations#plain-text-documents
    private const string Pdf = "application/pdf";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static JsonObject? Write(JsonElement? file, string path, Untranslatable refusals)
    {
        if (file?.GetText("file_id") is not null)
        {
            refusals.Refuse(path, "a file_id names a file that OpenAI keeps, and this provider is another; send the file itself in file_data.");
            return null;
        }

        if (Source(file?.GetText("file_data")) is not { } source)
        {
            refusals.Refuse(path, "give file_data as data:application/pdf;base64,... or data:text/plain;base64,... (UTF-8); this provider takes no other kind of file.");
            return null;
        }

        JsonObject document = new() { ["type"] = "document", ["source"] = source };
        if (file?.GetText("filename") is { Length: > 0 } name)
        {
            document["title"] = name;
        }

        return document;
    }

    private static JsonObject? Source(string? address) => address is null || DataUrl.Read(address) is not { } data ? null : data.MediaType switch
    {
        Pdf => new JsonObject { ["type"] = "base64", ["media_type"] = Pdf, ["data"] = data.Base64 },
        "text/plain" when Decode(data.Base64) is { Length: > 0 } text => new JsonObject { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = text },
        _ => null,
    };

    private static string? Decode(string base64)
    {
        try
        {
            return Base64.IsValid(base64) ? Strict.GetString(Convert.FromBase64String(base64)) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
