using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatModels.Chat.Content;

/// <summary>Writes messages as the JSON schemas of the GenAI conventions have them, and no more of their content than is allowed: what is cut or left out is marked as truncated.</summary>
internal sealed class ContentWriter(int maxLength) : IDisposable
{
    // What a message or a part takes besides its content: so many small ones are bounded too.
    private const int Frame = 64;
    private const int LongestName = 128;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);
    private int _left = maxLength;

    /// <summary>Whether anything more may be written.</summary>
    public bool HasRoom => _left > 0;

    public void Start()
    {
        _json.Reset(_output);
        _json.WriteStartArray();
    }

    public string End()
    {
        _json.WriteEndArray();
        _json.Flush();
        return Encoding.UTF8.GetString(_output.WrittenSpan);
    }

    public void StartMessage(string role)
    {
        _left -= Frame;
        _json.WriteStartObject();
        _json.WriteString("role"u8, Name(role));
        _json.WriteStartArray("parts"u8);
    }

    public void EndMessage(string? finishReason = null)
    {
        _json.WriteEndArray();
        if (finishReason is not null)
        {
            _json.WriteString("finish_reason"u8, Name(finishReason));
        }

        _json.WriteEndObject();
    }

    public void Text(string text, bool isCut = false) => Content("text", text, isCut);

    public void Reasoning(string text, bool isCut = false) => Content("reasoning", text, isCut);

    public void ToolCall(string? id, string name, string arguments, bool isCut = false)
    {
        StartPart("tool_call", id);
        _json.WriteString("name"u8, Name(name));
        var taken = Take(arguments, ref isCut);
        _json.WritePropertyName("arguments"u8);
        if (!isCut && IsJson(taken))
        {
            _json.WriteRawValue(taken, skipInputValidation: true);
        }
        else
        {
            _json.WriteStringValue(taken);
        }

        EndPart(isCut);
    }

    public void ToolResponse(string? id, string response)
    {
        var isCut = false;
        StartPart("tool_call_response", id);
        _json.WriteString("response"u8, Take(response, ref isCut));
        EndPart(isCut);
    }

    /// <summary>Pictures, sound and documents: where they are, without a query, which may be a key; or that they were there.</summary>
    public void Media(string modality, string? mimeType, string? uri, string? fileId)
    {
        var isCut = uri is null && fileId is null;
        StartPart(uri is not null ? "uri" : fileId is not null ? "file" : "blob", id: null);
        _json.WriteString("modality"u8, modality);
        if (mimeType is not null)
        {
            _json.WriteString("mime_type"u8, Name(mimeType));
        }

        if (uri is not null)
        {
            var end = uri.AsSpan().IndexOfAny('?', '#');
            isCut = end >= 0;
            _json.WriteString("uri"u8, Take(isCut ? uri[..end] : uri, ref isCut));
        }
        else if (fileId is not null)
        {
            _json.WriteString("file_id"u8, Name(fileId));
        }
        else
        {
            _json.WriteString("content"u8, ""u8);
        }

        EndPart(isCut);
    }

    /// <summary>A part that the schemas do not know: its type alone.</summary>
    public void Other(string type)
    {
        StartPart(Name(type), id: null);
        EndPart(isCut: false);
    }

    /// <summary>Stands for all that follows and has no room.</summary>
    public void LeftOut() => Other("truncated");

    public void Dispose() => _json.Dispose();

    private void Content(string type, string text, bool isCut)
    {
        StartPart(type, id: null);
        _json.WriteString("content"u8, Take(text, ref isCut));
        EndPart(isCut);
    }

    private void StartPart(string type, string? id)
    {
        _left -= Frame;
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
        if (id is not null)
        {
            _json.WriteString("id"u8, Name(id));
        }
    }

    private void EndPart(bool isCut)
    {
        if (isCut)
        {
            _json.WriteBoolean("truncated"u8, true);
        }

        _json.WriteEndObject();
    }

    private string Take(string text, ref bool isCut)
    {
        var length = int.Clamp(_left, 0, text.Length);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        _left -= length;
        isCut |= length < text.Length;
        return text[..length];
    }

    private static string Name(string name) => name.Length <= LongestName ? name : name[..LongestName];

    private static bool IsJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
