using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes the tools of a request, and which of them the model may or must use.</summary>
internal sealed class ToolsWriter(JsonElement body, JsonObject output, Untranslatable refusals)
{
    /// <param name="called">The tools that earlier turns called: Anthropic wants a conversation with calls to declare tools, OpenAI does not.</param>
    public void Write(IReadOnlyCollection<string> called)
    {
        JsonArray tools = [];
        var index = 0;
        foreach (var tool in body.GetItems("tools"))
        {
            if (Tool(tool, $"tools[{index++}]") is { } written)
            {
                tools.Add((JsonNode)written);
            }
        }

        if (tools is [_, ..])
        {
            output["tools"] = tools;
            WriteChoice();
        }
        else if (called.Count > 0)
        {
            output["tools"] = new JsonArray([.. called.Select(name => new JsonObject { ["name"] = name, ["input_schema"] = Schema(null) })]);
            output["tool_choice"] = new JsonObject { ["type"] = "none" };
        }
    }

    private JsonObject? Tool(JsonElement tool, string path)
    {
        if (tool.GetObject("function") is not { } function || function.GetText("name") is not { } name)
        {
            refusals.Refuse(path, "only functions can be translated: {\"type\":\"function\",\"function\":{\"name\":...}}.");
            return null;
        }

        JsonObject written = new() { ["name"] = name };
        if (function.GetText("description") is { Length: > 0 } description)
        {
            written["description"] = description;
        }

        written["input_schema"] = Schema(function.GetObject("parameters"));
        if (function.Get("strict") is { ValueKind: JsonValueKind.True })
        {
            written["strict"] = true;
        }

        return written;
    }

    /// <summary>Here a tool always has a schema, and that is an object's.</summary>
    private static JsonObject Schema(JsonElement? parameters)
    {
        var schema = parameters is { } given ? JsonObject.Create(given)! : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        if (parameters is { } members && members.Get("type") is null)
        {
            schema["type"] = "object";
        }

        return schema;
    }

    private void WriteChoice()
    {
        var choice = Choice(body.Get("tool_choice"));
        if (choice is null && body.Get("parallel_tool_calls") is { ValueKind: JsonValueKind.False })
        {
            choice = new JsonObject { ["type"] = "auto" };
        }

        if (choice is null)
        {
            return;
        }

        if (body.Get("parallel_tool_calls") is { ValueKind: JsonValueKind.False } && (string?)choice["type"] != "none")
        {
            choice["disable_parallel_tool_use"] = true;
        }

        output["tool_choice"] = choice;
    }

    private JsonObject? Choice(JsonElement? choice)
    {
        switch (choice)
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.String } word when word.GetString() is "none" or "auto" or "required":
                return new JsonObject { ["type"] = word.ValueEquals("required") ? "any" : word.GetString() };
            case { ValueKind: JsonValueKind.Object } named when named.GetObject("function")?.GetText("name") is { } name:
                return new JsonObject { ["type"] = "tool", ["name"] = name };
            default:
                refusals.Refuse("tool_choice", "give none, auto, required, or {\"type\":\"function\",\"function\":{\"name\":...}}.");
                return null;
        }
    }
}
