using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatModels.Api.Wire;

/// <summary>Enumerations go over the wire by name, in camelCase, and never as numbers.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
