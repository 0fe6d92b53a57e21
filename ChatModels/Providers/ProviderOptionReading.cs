using System.Text.Json;

namespace ChatModels.Providers;

/// <summary>Reads the options that a creator was given, whose kinds were checked before; null where an option is absent.</summary>
/// <remarks>Numbers and booleans read alike whether they came as JSON or, from configuration, as text that holds one.</remarks>
public static class ProviderOptionReading
{
    extension(IReadOnlyDictionary<string, JsonElement> values)
    {
        /// <summary>The text of an option.</summary>
        public string? ReadText(string name) => values.TryGetValue(name, out var json) && OptionValue.TryRead(json, out string text) ? text : null;

        /// <summary>The number of an option.</summary>
        public double? ReadNumber(string name) => values.TryGetValue(name, out var json) && OptionValue.TryRead(json, out double number) ? number : null;

        /// <summary>The whole number of an option.</summary>
        public long? ReadWholeNumber(string name) => values.TryGetValue(name, out var json) && OptionValue.TryRead(json, out long number) ? number : null;

        /// <summary>The boolean of an option.</summary>
        public bool? ReadBoolean(string name) => values.TryGetValue(name, out var json) && OptionValue.TryRead(json, out bool flag) ? flag : null;

        /// <summary>The time span of an option.</summary>
        public TimeSpan? ReadDuration(string name) => values.TryGetValue(name, out var json) && OptionValue.TryRead(json, out TimeSpan duration) ? duration : null;

        /// <summary>The options of each entry of a map, by its key; none where the map is absent.</summary>
        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> ReadMap(string name) =>
            values.TryGetValue(name, out var json) && json.ValueKind is JsonValueKind.Object ? Entries(json) : [];
    }

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> Entries(JsonElement map) => map.EnumerateObject().ToDictionary(
        entry => entry.Name,
        IReadOnlyDictionary<string, JsonElement> (entry) => entry.Value.EnumerateObject().ToDictionary(field => field.Name, field => field.Value));
}
