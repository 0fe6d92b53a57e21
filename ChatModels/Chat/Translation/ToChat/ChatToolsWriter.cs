using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Writes a message's tools as functions. Tools that Anthropic itself runs exist nowhere else.</summary>
internal static class ChatToolsWriter
{
    public static void Write(JsonElement body, JsonObject output, Untranslatable refusals)
    {
        JsonArray tools = [];
        var index = 0;
        foreach (var tool in body.GetItems("tools"))
        {
            var path = $"tools[{index++}]";
            if (tool.GetText("type") is not (null or "custom"))
            {
                refusals.Refuse(path, $"a tool of type '{(tool.GetText("type") is { Length: <= 48 } type ? type : "?")}' is run by Anthropic and not by this model's provider; leave it out.");
            }
            else
            {
                tools.Add((JsonNode)Function(tool));
            }
        }

        if (tools is [_, ..])
        {
            output["tools"] = tools;
            WriteChoice(body.GetObject("tool_choice"), output, refusals);
        }
    }

    private static JsonObject Function(JsonElement tool)
    {
        JsonObject function = new() { ["name"] = tool.GetText("name") };
        if (tool.GetText("description") is { } description)
        {
            function["description"] = description;
        }

        if (tool.GetObject("input_schema") is { } schema)
        {
            function["parameters"] = schema.AsNode();
        }

        if (tool.Get("strict") is { ValueKind: JsonValueKind.True })
        {
            function["strict"] = true;
        }

        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    private static void WriteChoice(JsonElement? choice, JsonObject output, Untranslatable refusals)
    {
        if (choice is not { } given)
        {
            return;
        }

        JsonNode? written = given.GetText("type") switch
        {
            "auto" => "auto",
            "any" => "required",
            "none" => "none",
            "tool" => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = given.GetText("name") } },
            _ => null,
        };
        if (written is null)
        {
            refusals.Refuse("tool_choice", "its type must be auto, any, tool or none.");
            return;
        }

        output["tool_choice"] = written;
        if (given.Get("disable_parallel_tool_use") is { ValueKind: JsonValueKind.True })
        {
            output["parallel_tool_calls"] = false;
        }
    }
}
