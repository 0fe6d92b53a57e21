using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes the content of chat messages as blocks. Empty texts are left out: Anthropic refuses them.</summary>
internal sealed class ContentWriter(Untranslatable refusals)
{
    public static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    /// <summary>Content of text alone.</summary>
    public IEnumerable<JsonObject> Texts(JsonElement message, string path) => Blocks(message, path, images: false);

    /// <summary>Content of text and images.</summary>
    public IEnumerable<JsonObject> Blocks(JsonElement message, string path) => Blocks(message, path, images: true);

    private IEnumerable<JsonObject> Blocks(JsonElement message, string path, bool images)
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
            if (Part(part, $"{path}.content[{index++}]", images) is { } block)
            {
                yield return block;
            }
        }
    }

    private JsonObject? Part(JsonElement part, string path, bool images)
    {
        var type = part.GetText("type");
        if (type is "text" or "refusal")
        {
            return part.GetText(type) is { Length: > 0 } text ? Text(text) : null;
        }

        if (type == "image_url" && images)
        {
            return Image(part.GetObject("image_url")?.GetText("url"), path);
        }

        refusals.Refuse(path, $"a part of type '{(type is { Length: <= 32 } ? type : "?")}' can't be sent to an Anthropic model here; send text{(images ? " and images" : "")}.");
        return null;
    }

    private JsonObject? Image(string? url, string path)
    {
        var source = url is null ? null : DataUrl.Read(url) is { } data
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
