using System.Text.Json;

namespace ChatModels.Chat.Content;

/// <summary>Reads the parts of OpenAI's messages and the blocks of Anthropic's: their types do not get in each other's way.</summary>
internal static class ContentParts
{
    /// <summary>A text, or the list that stands in its place.</summary>
    public static void Write(JsonElement content, ContentWriter to)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            to.Text(content.AsText());
            return;
        }

        foreach (var part in content.Items())
        {
            if (!to.HasRoom)
            {
                to.LeftOut();
                return;
            }

            WritePart(part, to);
        }
    }

    /// <summary>The texts of a content, whatever its form.</summary>
    public static string TextOf(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.AsText() : string.Concat(content.Items().Select(part => part.Text("text")));

    private static void WritePart(JsonElement part, ContentWriter to)
    {
        switch (part.Text("type") ?? "")
        {
            case "text":
                to.Text(part.Text("text") ?? "");
                break;
            case "refusal":
                to.Text(part.Text("refusal") ?? "");
                break;
            case "thinking":
                to.Reasoning(part.Text("thinking") ?? "");
                break;
            case "tool_use":
                to.ToolCall(part.Text("id"), part.Text("name") ?? "", part.Get("input").Raw());
                break;
            case "tool_result":
                to.ToolResponse(part.Text("tool_use_id"), TextOf(part.Get("content")));
                break;
            case "image_url":
                WriteMedia("image", part.Get("image_url").Text("url"), null, null, to);
                break;
            case "input_audio":
                to.Media("audio", null, uri: null, fileId: null);
                break;
            case "file":
                WriteMedia("document", part.Get("file").Text("file_data"), null, part.Get("file").Text("file_id"), to);
                break;
            case "image" or "document":
                var source = part.Get("source");
                WriteMedia(part.Text("type")!, source.Text("url"), source.Text("media_type"), source.Text("file_id"), to);
                break;
            case var other:
                to.Other(other);
                break;
        }
    }

    private static void WriteMedia(string modality, string? url, string? mimeType, string? fileId, ContentWriter to)
    {
        const string Inline = "data:";
        if (url is null || !url.StartsWith(Inline, StringComparison.OrdinalIgnoreCase))
        {
            to.Media(modality, mimeType, url, fileId);
            return;
        }

        var end = url.AsSpan(Inline.Length).IndexOfAny(';', ',');
        to.Media(modality, end > 0 ? url.Substring(Inline.Length, end) : null, uri: null, fileId);
    }
}

/// <summary>JSON from outside, in which anything may be missing or of another kind.</summary>
internal static class LooseJson
{
    /// <summary>Whether it is one of those that texts which are no Unicode, and the like, are met with.</summary>
    public static bool IsUnreadable(Exception exception) => exception is JsonException or InvalidOperationException;

    extension(JsonElement json)
    {
        public JsonElement Get(string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

        public string? Text(string name) => json.Get(name) is { ValueKind: JsonValueKind.String } text ? text.AsText() : null;

        public IEnumerable<JsonElement> Items() => json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [];

        public int Index(string name) => json.Get(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var index) ? index : 0;

        public string Raw() => json.ValueKind == JsonValueKind.Undefined ? "" : json.GetRawText();

        public string AsText()
        {
            try
            {
                return json.GetString() ?? "";
            }
            catch (InvalidOperationException)
            {
                return "\uFFFD"; // Half of a surrogate pair.
            }
        }
    }
}
