using System.Globalization;
using System.Text.Json;

namespace ChatModels.Providers;

/// <summary>Reads one option's JSON as one kind: the single place that says what text counts as a number, a boolean, a duration.</summary>
internal static class OptionValue
{
    public static bool TryRead(JsonElement json, out string text)
    {
        text = "";
        if (json.ValueKind is not JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = json.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // Half of a surrogate pair, or bytes that are not UTF-8.
        }
    }

    public static bool TryRead(JsonElement json, out double number)
    {
        number = 0;
        return AsNumber(json) is { } value && value.TryGetDouble(out number) && double.IsFinite(number);
    }

    public static bool TryRead(JsonElement json, out long number)
    {
        number = 0;
        return AsNumber(json) is { } value && value.TryGetInt64(out number);
    }

    public static bool TryRead(JsonElement json, out bool flag)
    {
        flag = json.ValueKind is JsonValueKind.True;
        return flag || json.ValueKind is JsonValueKind.False

            // Configuration files turn true into "True".
            || (TryRead(json, out string text) && text is "true" or "True" or "false" or "False" && bool.TryParse(text, out flag));
    }

    public static bool TryRead(JsonElement json, out TimeSpan duration)
    {
        duration = default;

        // Without the two colons "5" would be five days.
        return TryRead(json, out string text)
               && text.AsSpan().Count(':') == 2
               && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration)
               && duration >= TimeSpan.Zero;
    }

    private static JsonElement? AsNumber(JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Number)
        {
            return json;
        }

        // JSON's own grammar decides: no blanks, no separators, no sign before a plus.
        if (!TryRead(json, out string text) || text.Length is 0 or > 64 || text[0] is not ('-' or (>= '0' and <= '9')) || text[^1] is not (>= '0' and <= '9'))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
