using System.Text;
using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>Reads a request's messages: how many tokens they have, and what the user said last.</summary>
internal static class SimulatorMessages
{
    public static (string LastUserText, int Tokens) Read(JsonElement root)
    {
        if (SimulatorRequestReader.Field(root, "messages") is not { ValueKind: JsonValueKind.Array } messages || messages.GetArrayLength() == 0)
        {
            throw new MistakeException("'messages' must be an array with at least one message.", "messages");
        }

        var tokens = 0;
        var last = "";
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var text = TextOf(message, index++);
            tokens += SimulatorTokens.Count(text);
            last = message.GetProperty("role").ValueEquals("user"u8) ? text : last;
        }

        return (last, tokens);
    }

    private static string TextOf(JsonElement message, int index)
    {
        if (message.ValueKind is not JsonValueKind.Object || SimulatorRequestReader.Field(message, "role") is not { ValueKind: JsonValueKind.String })
        {
            throw new MistakeException($"'messages[{index}]' must be an object with a role.", $"messages[{index}]");
        }

        return SimulatorRequestReader.Field(message, "content") switch
        {
            null => "",
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => Join(parts),
            _ => throw new MistakeException($"'messages[{index}].content' must be a string or an array of parts.", $"messages[{index}].content"),
        };
    }

    private static string Join(JsonElement parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind is JsonValueKind.Object && SimulatorRequestReader.Field(part, "text") is { ValueKind: JsonValueKind.String } words)
            {
                text.Append(words.GetString());
            }
        }

        return text.ToString();
    }
}
