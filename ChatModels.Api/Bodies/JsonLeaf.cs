using System.Globalization;
using System.Text.Json;
using ChatModels.Registry;

namespace ChatModels.Api.Bodies;

/// <summary>A kind of value without fields of its own: what it is called, and whether a JSON value is one.</summary>
internal sealed record JsonLeaf(string Wanted, Func<JsonElement, bool> Fits)
{
    private static readonly Dictionary<Type, JsonLeaf> Leaves = new()
    {
        [typeof(string)] = new("a text", value => value.ValueKind is JsonValueKind.String),
        [typeof(bool)] = new("true or false", value => value.ValueKind is JsonValueKind.True or JsonValueKind.False),
        [typeof(int)] = new("a whole number up to 2147483647", value => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out _)),
        [typeof(long)] = new("a whole number", value => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _)),
        [typeof(decimal)] = new("a number", value => value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out _)),
        [typeof(TimeSpan)] = new("a time span such as \"00:01:40\"", IsTimeSpan),
        [typeof(StreamUsage)] = new("\"auto\" or \"never\"", value => value.ValueKind is JsonValueKind.String && value.GetString() is "auto" or "never"),
        [typeof(HeaderSetting)] = new("a text, or a reference {\"secret\":\"name\"}", IsHeader),
        [typeof(JsonElement)] = new("a value", _ => true),
    };

    public static JsonLeaf? Of(Type type) => Leaves.GetValueOrDefault(Nullable.GetUnderlyingType(type) ?? type);

    public static string WantedFor(Type type) => Of(type)?.Wanted ?? (type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? "a list" : "an object");

    public static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "this text",
        JsonValueKind.Number => "this number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };

    // The serializer's own form, so that what passes here is read there.
    private static bool IsTimeSpan(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && TimeSpan.TryParseExact(value.GetString(), "c", CultureInfo.InvariantCulture, out _);

    private static bool IsHeader(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return value.ValueKind is JsonValueKind.String;
        }

        var fields = value.EnumerateObject().ToList();
        return fields is [{ Name: "secret", Value.ValueKind: JsonValueKind.String }];
    }
}
