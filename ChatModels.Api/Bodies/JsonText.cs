using System.Text.Json;
using System.Text.Unicode;

namespace ChatModels.Api.Bodies;

internal static class JsonText
{
    /// <summary>Finds text that is none: bytes that are not UTF-8, or half a surrogate pair. The parser lets both pass, and every later reader would throw.</summary>
    public static ValidationIssue? FindBroken(ReadOnlySpan<byte> json, JsonReaderOptions syntax)
    {
        if (!Utf8.IsValid(json))
        {
            return new ValidationIssue("$", "Not valid JSON: the body is not encoded as UTF-8.");
        }

        var reader = new Utf8JsonReader(json, syntax);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !IsWhole(ref reader))
            {
                return new ValidationIssue("$", $"Not valid JSON: the text at byte {reader.TokenStartIndex + 1} has half a surrogate pair, \\uD800 to \\uDFFF.");
            }
        }

        return null;
    }

    private static bool IsWhole(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
