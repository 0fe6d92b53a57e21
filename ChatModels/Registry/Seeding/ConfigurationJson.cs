using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;

namespace ChatModels.Registry.Seeding;

/// <summary>Turns a configuration section, which holds only text, into the JSON that a type expects.</summary>
/// <param name="keys">Receives the configuration key of each path.</param>
/// <param name="mistakes">Receives every mistake, with its configuration key.</param>
internal sealed class ConfigurationJson(Dictionary<string, string> keys, List<ValidationIssue> mistakes)
{
    /// <summary>The section as JSON of the given type; what can't be is left out and noted as a mistake.</summary>
    public JsonNode? Convert(IConfigurationSection section, JsonTypeInfo type, string path, params ReadOnlySpan<string> ignored)
    {
        keys[path] = section.Path;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => Object(section, type, path, ignored),
            JsonTypeInfoKind.Enumerable => Array(section, type, path),
            JsonTypeInfoKind.Dictionary => Dictionary(section, type, path),
            _ when type.Type == typeof(HeaderSetting) => Header(section),
            _ => Scalar(section, type.Type),
        };
    }

    private JsonObject Object(IConfigurationSection section, JsonTypeInfo type, string path, ReadOnlySpan<string> ignored)
    {
        var json = new JsonObject();
        RefuseText(section, "an object");
        foreach (var child in section.GetChildren())
        {
            var property = type.Properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is not null)
            {
                json[property.Name] = Convert(child, type.Options.GetTypeInfo(property.PropertyType), $"{path}.{property.Name}");
            }
            else if (!ignored.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                Note(child, $"There is no such setting; there are: {string.Join(", ", type.Properties.Select(p => p.Name))}.");
            }
        }

        return json;
    }

    private JsonArray Array(IConfigurationSection section, JsonTypeInfo type, string path)
    {
        var json = new JsonArray();
        RefuseText(section, "a list (KEY__0, KEY__1 ...)");
        foreach (var child in section.GetChildren())
        {
            json.Add(Convert(child, type.Options.GetTypeInfo(type.ElementType!), $"{path}[{json.Count.ToString(CultureInfo.InvariantCulture)}]"));
        }

        return json;
    }

    private JsonObject Dictionary(IConfigurationSection section, JsonTypeInfo type, string path)
    {
        var json = new JsonObject();
        RefuseText(section, "an object");
        foreach (var child in section.GetChildren())
        {
            json[child.Key] = Convert(child, type.Options.GetTypeInfo(type.ElementType!), Providers.OptionPath.Of(path, child.Key));
        }

        return json;
    }

    private static JsonNode? Header(IConfigurationSection section) =>
        section["secret"] is { } secret ? new JsonObject { ["secret"] = secret } : section.Value;

    private JsonNode? Scalar(IConfigurationSection section, Type type)
    {
        if (type == typeof(JsonElement))
        {
            return Free(section);
        }

        if (section.GetChildren().Any())
        {
            Note(section, "Give one value here, not an object or a list.");
            return null;
        }

        var text = section.Value;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(bool))
        {
            return bool.TryParse(text, out var truth) ? truth : Wrong(section, "true or false");
        }

        if (plain == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : Wrong(section, "a whole number");
        }

        if (plain == typeof(decimal))
        {
            return decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : Wrong(section, "a number");
        }

        return plain == typeof(TimeSpan) && !TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _)
            ? Wrong(section, "a time as hh:mm:ss, such as 00:01:40")
            : text;
    }

    // What only a provider's type knows: text, which its options read as a number or a switch where they are one.
    private static JsonNode? Free(IConfigurationSection section)
    {
        var children = section.GetChildren().ToArray();
        return children.Length == 0
            ? section.Value
            : new JsonObject(children.Select(c => KeyValuePair.Create(c.Key, Free(c))));
    }

    private void RefuseText(IConfigurationSection section, string wanted)
    {
        if (!string.IsNullOrEmpty(section.Value) && !section.GetChildren().Any())
        {
            Note(section, $"Give {wanted} here, not one value.");
        }
    }

    private JsonNode? Wrong(IConfigurationSection section, string wanted)
    {
        Note(section, $"'{section.Value}' is not {wanted}.");
        return null;
    }

    private void Note(IConfigurationSection section, string message) => mistakes.Add(new ValidationIssue(section.Path, message));
}
