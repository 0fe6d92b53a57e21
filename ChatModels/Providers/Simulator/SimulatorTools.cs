using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>Finds the tool that a request demands: <c>tool_choice</c> is <c>required</c> (the first tool), or names a function.</summary>
internal static class SimulatorTools
{
    public static ToolDemand? Demanded(JsonElement root)
    {
        var choice = SimulatorRequestReader.Field(root, "tool_choice");
        var name = choice is { ValueKind: JsonValueKind.Object } named ? Path(named, "function", "name") : null;
        var required = choice is { ValueKind: JsonValueKind.String } word && word.ValueEquals("required"u8);
        if (name is null && !required)
        {
            return null;
        }

        if (SimulatorRequestReader.Field(root, "tools") is { ValueKind: JsonValueKind.Array } tools)
        {
            foreach (var tool in tools.EnumerateArray())
            {
                if (Path(tool, "function", "name") is { } found && (name is not { } wanted || found.ValueEquals(wanted.GetString())))
                {
                    return new ToolDemand(found.GetString()!, ToolArguments.For(Path(tool, "function", "parameters")));
                }
            }
        }

        throw new MistakeException("'tool_choice' asks for a tool that 'tools' does not have.", "tool_choice");
    }

    private static JsonElement? Path(JsonElement json, string outer, string inner) =>
        json.ValueKind is JsonValueKind.Object
        && SimulatorRequestReader.Field(json, outer) is { ValueKind: JsonValueKind.Object } middle
        && SimulatorRequestReader.Field(middle, inner) is { } field
        && field.ValueKind == (inner == "name" ? JsonValueKind.String : JsonValueKind.Object)
            ? field
            : null;
}
