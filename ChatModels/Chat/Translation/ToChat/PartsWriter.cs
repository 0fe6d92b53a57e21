using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Writes what a user's message or a tool's result is made of as parts of a chat message.</summary>
internal sealed class PartsWriter(Untranslatable refusals)
{
    public static bool IsText(JsonObject part) => (string?)part["type"] == "text";

    public IEnumerable<JsonObject> Write(JsonElement block, string path)
    {
        switch (block.GetText("type"))
        {
            case "text":
                return Text(block.GetText("text"));
            case "image" when ImageAddress(block.GetObject("source")) is { } url:
                return [new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = url } }];
            case "document":
                return Document(block, path);
            case "search_result":
                RefuseCitations(block, path);
                return Text(Lines([block.GetText("title"), block.GetText("source"), .. Blocks(block, path).Select(item => item.Block.GetText("text"))]));
            default:
                Refuse(block, path);
                return [];
        }
    }

    public void Refuse(JsonElement block, string path) => refusals.Refuse(
        path, $"a block of type '{(block.GetText("type") is { Length: <= 32 } type ? type : "?")}' can't be sent to this model; send text, images, documents, tool calls and their results.");

    /// <summary>The blocks of a content that may also be one text.</summary>
    public IEnumerable<(JsonElement Block, string Path)> Blocks(JsonElement parent, string path)
    {
        switch (parent.Get("content"))
        {
            case { ValueKind: JsonValueKind.String } text:
                return [(JsonElement.Parse($$"""{"type":"text","text":{{text.GetRawText()}}}"""), path)];
            case { ValueKind: JsonValueKind.Array } blocks:
                return blocks.EnumerateArray().Select((block, index) => (block, $"{path}.content[{index}]"));
            case null:
                return [];
            default:
                refusals.Refuse($"{path}.content", "give a string, or an array of blocks.");
                return [];
        }
    }

    private static IEnumerable<JsonObject> Text(string? text) => text is { Length: > 0 } ? [new JsonObject { ["type"] = "text", ["text"] = text }] : [];

    private static string? ImageAddress(JsonElement? source) => source?.GetText("type") switch
    {
        "url" => source.Value.GetText("url"),
        "base64" => $"data:{source.Value.GetText("media_type")};base64,{source.Value.GetText("data")}",
        _ => null,
    };

    /// <summary>Text stays text, with what the document is called above it; a PDF is a file there too.</summary>
    private IEnumerable<JsonObject> Document(JsonElement block, string path)
    {
        RefuseCitations(block, path);
        var (title, context) = (block.GetText("title"), block.GetText("context"));
        var source = block.GetObject("source");
        switch (source?.GetText("type"))
        {
            case "text":
                return Text(Lines([title, context, source.Value.GetText("data")]));
            case "content":
                return [.. Text(Lines([title, context])), .. Blocks(source.Value, $"{path}.source").SelectMany(item => Write(item.Block, item.Path))];
            case "base64" when source.Value.GetText("media_type") == "application/pdf":
                return [.. Text(context), Pdf(title ?? "document.pdf", source.Value.GetText("data"))];
            default:
                refusals.Refuse(path, "a document by its address, by the id of a file, or of another kind than PDF and text can't be sent to this model; send what is in it (base64, text or content).");
                return [];
        }
    }

    private static JsonObject Pdf(string name, string? base64) => new()
    {
        ["type"] = "file",
        ["file"] = new JsonObject { ["filename"] = name, ["file_data"] = $"data:application/pdf;base64,{base64}" },
    };

    /// <summary>An answer without them would look like one that found nothing to cite.</summary>
    private void RefuseCitations(JsonElement block, string path)
    {
        if (block.GetObject("citations")?.Get("enabled") is { ValueKind: JsonValueKind.True })
        {
            refusals.Unsupported($"{path}.citations");
        }
    }

    private static string Lines(IEnumerable<string?> lines) => string.Join("\n", lines.Where(line => line is { Length: > 0 }));
}
