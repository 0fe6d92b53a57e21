using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Turns a list of chat messages into a conversation.</summary>
internal sealed class ConversationWriter(Untranslatable refusals)
{
    private readonly Conversation _turns = new();
    private readonly ContentWriter _content = new(refusals);

    public Conversation Write(JsonElement body)
    {
        var index = 0;
        foreach (var message in body.GetItems("messages"))
        {
            Write(message, $"messages[{index++}]");
        }

        if (_turns.IsEmpty)
        {
            refusals.Refuse("messages", "give at least one message of the user that is not empty; Anthropic's protocol needs one.");
        }

        return _turns;
    }

    private void Write(JsonElement message, string path)
    {
        switch (message.GetText("role"))
        {
            case "system" or "developer":
                // Wherever they stand: this protocol has one place for them.
                foreach (var text in _content.Texts(message, path))
                {
                    _turns.System.Add((JsonNode)text);
                }

                break;
            case "user":
                foreach (var block in _content.Blocks(message, path))
                {
                    _turns.Add("user", block);
                }

                break;
            case "assistant":
                WriteAssistant(message, path);
                break;
            case "tool":
                WriteResult(message, path);
                break;
            default:
                refusals.Refuse($"{path}.role", "use system, developer, user, assistant or tool.");
                break;
        }
    }

    private void WriteAssistant(JsonElement message, string path)
    {
        // First of all: Anthropic wants the thoughts back, with their signatures, before what came of them.
        foreach (var block in ReasoningDetails.ToBlocks(message))
        {
            _turns.Add("assistant", block);
        }

        foreach (var block in _content.Texts(message, path))
        {
            _turns.Add("assistant", block);
        }

        if (message.GetText("refusal") is { Length: > 0 } refusal)
        {
            _turns.Add("assistant", ContentWriter.Text(refusal));
        }

        foreach (var call in message.GetItems("tool_calls"))
        {
            WriteCall(call, $"{path}.tool_calls");
        }

        if (message.Get("function_call") is not null || message.Get("audio") is not null)
        {
            refusals.Refuse(path, "function_call and audio can't be translated; use tool_calls and text.");
        }
    }

    private void WriteCall(JsonElement call, string path)
    {
        if (call.GetObject("function") is not { } function || function.GetText("name") is not { } name)
        {
            refusals.Refuse(path, "only calls of functions can be translated.");
            return;
        }

        _turns.CalledTools.Add(name);
        _turns.Add("assistant", new JsonObject
        {
            ["type"] = "tool_use",
            ["id"] = ToolIds.Fit(call.GetText("id")),
            ["name"] = name,
            ["input"] = Arguments(function.GetText("arguments"), $"{path}.function.arguments"),
        });
    }

    private JsonObject Arguments(string? json, string path)
    {
        try
        {
            // No arguments are an empty text there, and an empty object here.
            return string.IsNullOrWhiteSpace(json) ? [] : JsonNode.Parse(json) as JsonObject ?? throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            refusals.Refuse(path, "give a JSON object, as text.");
            return [];
        }
    }

    private void WriteResult(JsonElement message, string path)
    {
        JsonArray content = [.. _content.Blocks(message, path)];
        JsonObject result = new() { ["type"] = "tool_result", ["tool_use_id"] = ToolIds.Fit(message.GetText("tool_call_id")) };
        if (content is [_, ..])
        {
            result["content"] = content;
        }

        _turns.AddResult(result);
    }
}
