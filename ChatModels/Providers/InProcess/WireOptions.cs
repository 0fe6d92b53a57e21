using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>Reads a request's fields other than its messages. Those that chat clients have no name for are in <see cref="ChatOptions.AdditionalProperties"/>, as they stand.</summary>
internal static class WireOptions
{
    public static ChatOptions Read(JsonElement root)
    {
        var options = new ChatOptions();
        foreach (var field in root.EnumerateObject())
        {
            if (field.Value.ValueKind is not JsonValueKind.Null)
            {
                Take(options, field.Name, field.Value);
            }
        }

        return options;
    }

    private static void Take(ChatOptions options, string name, JsonElement value)
    {
        switch (name)
        {
            case "model" or "messages" or "stream" or "stream_options": break;
            case "temperature": options.Temperature = Number(name, value); break;
            case "top_p": options.TopP = Number(name, value); break;
            case "frequency_penalty": options.FrequencyPenalty = Number(name, value); break;
            case "presence_penalty": options.PresencePenalty = Number(name, value); break;
            case "max_completion_tokens": options.MaxOutputTokens = (int)Whole(name, value, int.MaxValue); break;
            case "max_tokens": options.MaxOutputTokens ??= (int)Whole(name, value, int.MaxValue); break;
            case "seed": options.Seed = Whole(name, value, long.MaxValue); break;
            case "stop": options.StopSequences = Stops(value); break;
            case "tools": options.Tools = WireTools.Read(value); break;
            case "tool_choice": options.ToolMode = WireTools.Choice(value); break;
            case "parallel_tool_calls": options.AllowMultipleToolCalls = Flag(name, value); break;
            case "response_format": options.ResponseFormat = WireTools.Format(value); break;
            case "n" when Whole(name, value, long.MaxValue) != 1: throw new WireMistakeException("This model gives one answer; leave 'n' out.", name);
            case "n": break;
            default: (options.AdditionalProperties ??= [])[name] = value.Clone(); break;
        }
    }

    private static float Number(string name, JsonElement value) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetSingle(out var number) ? number : throw new WireMistakeException($"'{name}' must be a number.", name);

    private static long Whole(string name, JsonElement value, long most) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) && number <= most && number >= -most
            ? number
            : throw new WireMistakeException($"'{name}' must be a whole number.", name);

    private static bool Flag(string name, JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new WireMistakeException($"'{name}' must be true or false.", name);

    private static List<string> Stops(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String) => [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw new WireMistakeException("'stop' must be a string or an array of strings.", "stop"),
    };
}
