using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Writes system texts and turns as a list of chat messages. Thoughts stay behind: nobody but Anthropic's models takes them.</summary>
internal sealed class ChatMessagesWriter(Untranslatable refusals)
{
    private readonly JsonArray _messages = [];
    private readonly PartsWriter _parts = new(refusals);

    public JsonArray Write(JsonElement body)
    {
        Add("system", SystemText(body.Get("system"), "system"));
        var index = 0;
        foreach (var message in body.GetItems("messages"))
        {
            Write(message, $"messages[{index++}]");
        }

        return _messages;
    }

    private void Write(JsonElement message, string path)
    {
        switch (message.GetText("role"))
        {
            case "system":
                Add("system", SystemText(message.Get("content"), $"{path}.content"));
                break;
            case "user":
                WriteUser(message, path);
                break;
            case "assistant":
                WriteAssistant(message, path);
                break;
            default:
                refusals.Refuse($"{path}.role", "use user or assistant.");
                break;
        }
    }

    private void WriteUser(JsonElement message, string path)
    {
        JsonArray parts = [];
        foreach (var (block, at) in _parts.Blocks(message, path))
        {
            if (block.GetText("type") == "tool_result")
            {
                WriteResult(block, at, parts);
            }
            else
            {
                foreach (var part in _parts.Write(block, at))
                {
                    parts.Add((JsonNode)part);
                }
            }
        }

        Add("user", Simplest(parts));
    }

    /// <summary>A result is a message of its own, right behind the call; images and files in it go to the user's message, for a tool's takes text alone.</summary>
    private void WriteResult(JsonElement block, string path, JsonArray userParts)
    {
        List<string> texts = [];
        foreach (var part in _parts.Blocks(block, path).SelectMany(item => _parts.Write(item.Block, item.Path)))
        {
            if (PartsWriter.IsText(part))
            {
                texts.Add((string)part["text"]!);
            }
            else
            {
                userParts.Add((JsonNode)part);
            }
        }

        var text = string.Join("\n", texts);
        var isError = block.Get("is_error") is { ValueKind: JsonValueKind.True };
        _messages.Add((JsonNode)new JsonObject
        {
            ["role"] = "tool",
            ["tool_call_id"] = block.GetText("tool_use_id"),
            ["content"] = text.Length == 0 && isError ? "The tool failed." : text,
        });
    }

    private void WriteAssistant(JsonElement message, string path)
    {
        List<string> texts = [];
        JsonArray calls = [];
        foreach (var (block, at) in _parts.Blocks(message, path))
        {
            switch (block.GetText("type"))
            {
                case "text":
                    texts.Add(block.GetText("text") ?? "");
                    break;
                case "tool_use":
                    calls.Add((JsonNode)Call(block));
                    break;
                case "thinking" or "redacted_thinking":
                    break;
                default:
                    _parts.Refuse(block, at);
                    break;
            }
        }

        if (texts is [] && calls is [])
        {
            return;
        }

        JsonObject written = new() { ["role"] = "assistant", ["content"] = texts is [] ? null : string.Concat(texts) };
        if (calls is [_, ..])
        {
            written["tool_calls"] = calls;
        }

        _messages.Add((JsonNode)written);
    }

    private static JsonObject Call(JsonElement block) => new()
    {
        ["id"] = block.GetText("id"),
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = block.GetText("name"), ["arguments"] = block.GetObject("input")?.GetRawText() ?? "{}" },
    };

    private string? SystemText(JsonElement? content, string path)
    {
        if (content is { ValueKind: JsonValueKind.String } text)
        {
            return text.GetString();
        }

        if (content is { ValueKind: not JsonValueKind.Array })
        {
            refusals.Refuse(path, "give a string, or an array of text blocks.");
        }

        return content is { ValueKind: JsonValueKind.Array } blocks ? string.Join("\n\n", blocks.EnumerateArray().Select(block => block.GetText("text"))) : null;
    }

    /// <summary>Many servers take an array of parts only where a model sees images.</summary>
    private static JsonNode? Simplest(JsonArray parts) => parts switch
    {
        [] => null,
        _ when parts.All(part => (string?)part!["type"] == "text") => string.Join("\n", parts.Select(part => (string?)part!["text"])),
        _ => parts,
    };

    private void Add(string role, JsonNode? content)
    {
        if (content is not null && !(content is JsonValue text && text.GetValue<string>().Length == 0))
        {
            _messages.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = content });
        }
    }
}
