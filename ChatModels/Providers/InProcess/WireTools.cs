using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>Reads the fields of a request that are about tools and shapes. The tools are declarations: the caller runs them, not this process.</summary>
internal static class WireTools
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    public static List<AITool> Read(JsonElement tools)
    {
        var read = new List<AITool>();
        foreach (var tool in tools.EnumerateArray())
        {
            read.Add(Function(tool) is { } function && Text(function, "name") is { Length: > 0 } name
                ? AIFunctionFactory.CreateDeclaration(name, Text(function, "description") ?? "", Field(function, "parameters") is { } schema ? schema.Clone() : NoParameters)
                : throw new WireMistakeException($"'tools[{read.Count}]' must be a function with a name.", $"tools[{read.Count}]"));
        }

        return read;
    }

    public static ChatToolMode Choice(JsonElement choice) => choice.ValueKind is JsonValueKind.String
        ? choice.GetString() switch
        {
            "auto" => ChatToolMode.Auto,
            "none" => ChatToolMode.None,
            "required" => ChatToolMode.RequireAny,
            _ => throw NoChoice(),
        }
        : Function(choice) is { } function && Text(function, "name") is { Length: > 0 } name ? ChatToolMode.RequireSpecific(name)
        : throw NoChoice();

    public static ChatResponseFormat Format(JsonElement format) => Text(format, "type") switch
    {
        "text" => ChatResponseFormat.Text,
        "json_object" => ChatResponseFormat.Json,
        "json_schema" when Field(format, "json_schema") is { } shape && Field(shape, "schema") is { } schema =>
            ChatResponseFormat.ForJsonSchema(schema.Clone(), Text(shape, "name"), Text(shape, "description")),
        _ => throw new WireMistakeException("'response_format' must be of type text, json_object, or json_schema with a schema.", "response_format"),
    };

    private static JsonElement? Function(JsonElement json) => Text(json, "type") == "function" ? Field(json, "function") : null;

    private static string? Text(JsonElement json, string name) => Field(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Field(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var field) && field.ValueKind is not JsonValueKind.Null ? field : null;

    private static WireMistakeException NoChoice() => new("'tool_choice' must be auto, none, required, or name a function.", "tool_choice");
}
