using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes the content of chat messages as blocks. Empty texts are left out: Anthropic refuses them.</summary>
internal sealed class ContentWriter(Untranslatable refusals)
{
    public static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    /// <summary>Content of text alone.</summary>
    public IEnumerable<JsonObject> Texts(JsonElement message, string path) => Blocks(message, path, textOnly: true);

    /// <summary>Content of text, images and files.</summary>
    public IEnumerable<JsonObject> Blocks(JsonElement message, string path) => Blocks(message, path, textOnly: false);

    private IEnumerable<JsonObject> Blocks(JsonElement message, string path, bool textOnly)
    {
        var content = message.Get("content");
        switch (content?.ValueKind)
        {
            case null:
                yield break;
            case JsonValueKind.String:
                if (content.Value.GetString() is { Length: > 0 } text)
                {
                    yield return Text(text);
                }

                yield break;
            case JsonValueKind.Array:
                break;
            default:
                refusals.Refuse($"{path}.content", "give a string, or an array of parts.");
                yield break;
        }

        var index = 0;
        foreach (var part in content.Value.EnumerateArray())
        {
            if (Part(part, $"{path}.content[{index++}]", textOnly) is { } block)
            {
                yield return block;
            }
        }
    }

    private JsonObject? Part(JsonElement part, string path, bool textOnly)
    {
        var type = part.GetText("type");
        switch (type)
        {
            case "text" or "refusal":
                return part.GetText(type) is { Length: > 0 } text ? Text(text) : null;
            case "image_url" when !textOnly:
                return Image(part.GetObject("image_url")?.GetText("url"), path);
            case "file" when !textOnly:
                return DocumentWriter.Write(part.GetObject("file"), path, refusals);
            default:
                refusals.Refuse(path, $"a part of type '{(type is { Length: <= 32 } ? type : "?")}' can't be sent to an Anthropic model here; send text{(textOnly ? "" : ", images and files")}.");
                return null;
        }
    }

    private JsonObject? Image(string? url, string path)
    {
        var source = url is null ? null : DataUrl.Read(url) is { MediaType: var type } data && type.StartsWith("image/", StringComparison.Ordinal)
            ? new JsonObject { ["type"] = "base64", ["media_type"] = data.MediaType, ["data"] = data.Base64 }
            : url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? new JsonObject { ["type"] = "url", ["url"] = url } : null;
        if (source is null)
        {
            refusals.Refuse(path, "give an https address, or data:image/...;base64,....");
            return null;
        }

        return new JsonObject { ["type"] = "image", ["source"] = source };
    }
}
