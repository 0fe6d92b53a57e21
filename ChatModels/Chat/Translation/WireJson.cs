using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation;

/// <summary>Reads and writes the JSON of either protocol.</summary>
internal static class WireJson
{
    // It goes to JSON clients, never into HTML: prompts stay as short as they came.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    extension(JsonElement parent)
    {
        /// <summary>A member that is there and not null.</summary>
        public JsonElement? Get(string name) =>
            parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

        /// <summary>A member that is a string.</summary>
        public string? GetText(string name) => parent.Get(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

        /// <summary>A member that is an object.</summary>
        public JsonElement? GetObject(string name) => parent.Get(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

        /// <summary>The items of a member that is an array; none where it is something else.</summary>
        public IEnumerable<JsonElement> GetItems(string name) => parent.Get(name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

        /// <summary>The same value, to stand in something that is written before the document is gone.</summary>
        public JsonNode? AsNode() => parent.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(parent),
            JsonValueKind.Array => JsonArray.Create(parent),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => JsonValue.Create(parent),
        };
    }

    /// <summary>What reading and writing JSON throws where somebody sent something other than the protocol says; an ArgumentException is a name given twice, or a number beyond all bounds.</summary>
    public static bool IsOfWrongType(Exception e) => e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException;

    public static byte[] Bytes(JsonObject json)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Plain);
        json.WriteTo(writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes one event of a stream; <paramref name="name"/> is empty where the protocol names none.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> name, JsonObject data)
    {
        if (!name.IsEmpty)
        {
            output.Write("event: "u8);
            output.Write(name);
            output.Write("\n"u8);
        }

        output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(output, Plain))
        {
            data.WriteTo(writer);
        }

        output.Write("\n\n"u8);
    }
}
