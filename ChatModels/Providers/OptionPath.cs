using System.Text.Json;

namespace ChatModels.Providers;

/// <summary>JSON paths of options, and the keys that they are made of.</summary>
internal static class OptionPath
{
    /// <summary><c>$.a.b</c>, and <c>$.a['b.c']</c> where a key would be misread.</summary>
    public static string Of(string path, string key) =>
        key.Length > 0 && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            ? $"{path}.{key}"
            : $"{path}['{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}']";

    public static bool TryName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = ""; // Half of a surrogate pair, or bytes that are not UTF-8.
            return false;
        }
    }

    /// <summary>The fields of an object; false when one stands twice, since readers differ in which they take.</summary>
    public static bool TryFields(JsonElement json, out Dictionary<string, JsonElement> fields)
    {
        fields = new(StringComparer.Ordinal);
        foreach (var field in json.EnumerateObject())
        {
            if (!TryName(field, out var name) || !fields.TryAdd(name, field.Value))
            {
                return false;
            }
        }

        return true;
    }
}
