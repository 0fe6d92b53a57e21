using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatModels.Registry;

internal sealed class HeaderSettingConverter : JsonConverter<HeaderSetting>
{
    public override HeaderSetting Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new HeaderSetting(reader.GetString(), null);
        }

        if (reader.TokenType != JsonTokenType.StartObject
            || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("secret"u8)
            || !reader.Read() || reader.TokenType != JsonTokenType.String || reader.GetString() is not { } secret
            || !reader.Read() || reader.TokenType != JsonTokenType.EndObject)
        {
            throw new JsonException("A header is a string, or a reference {\"secret\":\"name\"}.");
        }

        return new HeaderSetting(null, secret);
    }

    public override void Write(Utf8JsonWriter writer, HeaderSetting value, JsonSerializerOptions options)
    {
        if (value.Secret is null)
        {
            writer.WriteStringValue(value.Literal);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("secret"u8, value.Secret);
        writer.WriteEndObject();
    }
}
