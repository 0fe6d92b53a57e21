using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>
/// Makes arguments from a tool's JSON schema in the simplest way: the required fields alone, each with its constant, its first allowed
/// value, or a plain value of its type (<c>"text"</c>, <c>1</c>, <c>true</c>, <c>[]</c>).
/// </summary>
internal static class ToolArguments
{
    private const int MaxDepth = 16;

    public static string For(JsonElement? schema)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            WriteObject(writer, schema ?? default, 0);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement schema, int depth)
    {
        writer.WriteStartObject();
        if (depth < MaxDepth && Field(schema, "required") is { ValueKind: JsonValueKind.Array } required)
        {
            var properties = Field(schema, "properties") ?? default;
            foreach (var name in required.EnumerateArray().Where(name => name.ValueKind is JsonValueKind.String).Select(name => name.GetString()!).Distinct())
            {
                writer.WritePropertyName(name);
                WriteValue(writer, Field(properties, name) ?? default, depth + 1);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement schema, int depth)
    {
        if (Field(schema, "const") is { } constant)
        {
            constant.WriteTo(writer);
            return;
        }

        if (Field(schema, "enum") is { ValueKind: JsonValueKind.Array } values && values.GetArrayLength() > 0)
        {
            values[0].WriteTo(writer);
            return;
        }

        switch (TypeOf(schema))
        {
            case "integer" or "number": writer.WriteNumberValue(1); break;
            case "boolean": writer.WriteBooleanValue(true); break;
            case "array": writer.WriteStartArray(); writer.WriteEndArray(); break;
            case "object": WriteObject(writer, schema, depth); break;
            case "null": writer.WriteNullValue(); break;
            default: writer.WriteStringValue("text"); break;
        }
    }

    // "type" is one name, or several of which the first counts.
    private static string? TypeOf(JsonElement schema) => Field(schema, "type") switch
    {
        { ValueKind: JsonValueKind.String } type => type.GetString(),
        { ValueKind: JsonValueKind.Array } types when types.GetArrayLength() > 0 && types[0].ValueKind is JsonValueKind.String => types[0].GetString(),
        _ => null,
    };

    private static JsonElement? Field(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var field) ? field : null;
}
