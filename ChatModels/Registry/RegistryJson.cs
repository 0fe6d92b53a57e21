using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatModels.Registry;

/// <summary>The JSON of providers and models, as operators write it: camelCase, unknown fields refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProviderConfig))]
[JsonSerializable(typeof(ModelConfig))]
[JsonSerializable(typeof(string))]
internal sealed partial class RegistryJson : JsonSerializerContext;
