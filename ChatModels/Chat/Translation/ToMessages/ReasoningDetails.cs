using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>
/// Carries an Anthropic model's thoughts through OpenAI's protocol: in <c>reasoning_details</c>, an array beside the content, whose items a stream delivers in pieces of one index.
/// A client that sends them back with the assistant's message gives the model its thoughts again; Anthropic asks for that while tools are used.
/// </summary>
internal static class ReasoningDetails
{
    private const string Field = "reasoning_details";
    private const string Text = "reasoning.text";
    private const string Encrypted = "reasoning.encrypted";

    public static void Write(JsonObject message, params IEnumerable<JsonObject> details)
    {
        JsonArray items = [.. details];
        if (items is [_, ..])
        {
            message[Field] = items;
        }
    }

    public static JsonObject Thought(string text, int index) => Item(Text, "text", text, index);

    public static JsonObject Signature(string signature, int index) => Item(Text, "signature", signature, index);

    public static JsonObject Redacted(string data, int index) => Item(Encrypted, "data", data, index);

    /// <summary>The thoughts that a message brings back. Without its signature a thought is nobody's, and left out.</summary>
    public static IEnumerable<JsonObject> ToBlocks(JsonElement message)
    {
        var position = 0;
        return message.GetItems(Field)
            .Select(item => (Item: item, Index: item.Get("index") is { ValueKind: JsonValueKind.Number } index && index.TryGetInt32(out var value) ? value : position++))
            .GroupBy(item => item.Index, item => item.Item)
            .Select(pieces => ToBlock([.. pieces]))
            .OfType<JsonObject>();
    }

    private static JsonObject? ToBlock(JsonElement[] pieces)
    {
        if (pieces[0].GetText("type") == Encrypted)
        {
            return new JsonObject { ["type"] = "redacted_thinking", ["data"] = string.Concat(pieces.Select(piece => piece.GetText("data"))) };
        }

        var signature = string.Concat(pieces.Select(piece => piece.GetText("signature")));
        return signature.Length == 0 ? null : new JsonObject
        {
            ["type"] = "thinking",
            ["thinking"] = string.Concat(pieces.Select(piece => piece.GetText("text"))),
            ["signature"] = signature,
        };
    }

    private static JsonObject Item(string type, string field, string value, int index) => new() { ["type"] = type, [field] = value, ["index"] = index };
}
