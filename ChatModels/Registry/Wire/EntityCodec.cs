using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ChatModels.Registry.Wire;

/// <summary>Turns entities into the store's JSON and back.</summary>
internal static class EntityCodec
{
    /// <summary>The schema that this version writes. It reads every one up to it.</summary>
    public const int Version = 1;

    private static readonly ProviderConfig UnreadProvider = new() { Type = "unknown" };
    private static readonly ModelConfig UnreadModel = new() { Deployments = [] };

    public static byte[] Encode(EntityTag tag, ProviderConfig config) =>
        JsonSerializer.SerializeToUtf8Bytes(new EntityRecord<ProviderConfig>(Version, tag.Revision, tag.Stamp, config), StoreJson.Default.ProviderRecord);

    public static byte[] Encode(EntityTag tag, ModelConfig config) =>
        JsonSerializer.SerializeToUtf8Bytes(new EntityRecord<ModelConfig>(Version, tag.Revision, tag.Stamp, config), StoreJson.Default.ModelRecord);

    /// <summary>Reads a provider. Throws <see cref="JsonException"/> only where it is no entity at all.</summary>
    public static DecodedEntity<ProviderConfig> DecodeProvider(ReadOnlyMemory<byte> json) =>
        TryDecode(json, StoreJson.Default.ProviderRecord)
        ?? DecodeUnread(json, StoreJson.Default.ProviderConfig, LenientStoreJson.Context.ProviderConfig, UnreadProvider);

    /// <summary>Reads a model. Throws <see cref="JsonException"/> only where it is no entity at all.</summary>
    public static DecodedEntity<ModelConfig> DecodeModel(ReadOnlyMemory<byte> json) =>
        TryDecode(json, StoreJson.Default.ModelRecord)
        ?? DecodeUnread(json, StoreJson.Default.ModelConfig, LenientStoreJson.Context.ModelConfig, UnreadModel);

    private static DecodedEntity<T>? TryDecode<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<EntityRecord<T>> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type) is { Version: >= 1 and <= Version } record
                ? new DecodedEntity<T>(new EntityTag(record.Revision, record.Stamp), record.Value)
                : null;
        }
        catch (JsonException)
        {
            // The careful way says why, or throws; this one is only fast.
            return null;
        }
    }

    private static DecodedEntity<T> DecodeUnread<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> strict, JsonTypeInfo<T> lenient, T nothing)
        where T : class
    {
        var record = JsonSerializer.Deserialize(json.Span, LenientStoreJson.Context.AnyRecord) ?? throw new JsonException("The entity is null.");
        if (record.Stamp is not { Length: > 0 } || record.Value.ValueKind == JsonValueKind.Undefined)
        {
            throw new JsonException("The entity has no stamp or no value.");
        }

        var why = record.Version is >= 1 and <= Version
            ? $"it does not fit this version of ChatModels at {PathOfMistake(record.Value, strict)}; upgrade this process"
            : $"it was written with schema {record.Version}, and this process reads up to {Version}; upgrade this process";
        return new DecodedEntity<T>(new EntityTag(record.Revision, record.Stamp), ReadWhatFits(record.Value, lenient) ?? nothing, why, json);
    }

    private static string PathOfMistake<T>(JsonElement value, JsonTypeInfo<T> strict)
    {
        try
        {
            return value.Deserialize(strict) is null ? "$" : "its envelope";
        }
        catch (JsonException mistake)
        {
            return mistake.Path ?? "$";
        }
    }

    private static T? ReadWhatFits<T>(JsonElement value, JsonTypeInfo<T> lenient)
        where T : class
    {
        try
        {
            return value.Deserialize(lenient);
        }
        catch (JsonException)
        {
            // Its mistake is named already; nothing of it can be shown.
            return null;
        }
    }
}
