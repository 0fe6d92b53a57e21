using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatModels.Registry.Wire;

/// <summary>The JSON in the store. Strict, so that a field that this version does not know is noticed; <see cref="LenientStoreJson"/> reads past it.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EntityRecord<ProviderConfig>), TypeInfoPropertyName = "ProviderRecord")]
[JsonSerializable(typeof(EntityRecord<ModelConfig>), TypeInfoPropertyName = "ModelRecord")]
[JsonSerializable(typeof(EntityRecord<JsonElement>), TypeInfoPropertyName = "AnyRecord")]
[JsonSerializable(typeof(LogRecord))]
[JsonSerializable(typeof(ReplicaInfo))]
internal sealed partial class StoreJson : JsonSerializerContext;

/// <summary>The same JSON, read past fields that this version does not know.</summary>
internal static class LenientStoreJson
{
    public static StoreJson Context { get; } = new(new JsonSerializerOptions(StoreJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        RespectRequiredConstructorParameters = false,
    });
}
