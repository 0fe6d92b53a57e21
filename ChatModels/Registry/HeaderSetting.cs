using System.Text.Json.Serialization;

namespace ChatModels.Registry;

/// <summary>A header's value: in the JSON a string, or a reference <c>{"secret":"name"}</c>; exactly one of the two.</summary>
/// <param name="Literal">The value as it stands.</param>
/// <param name="Secret">The name of the secret that holds the value.</param>
[JsonConverter(typeof(HeaderSettingConverter))]
public sealed record HeaderSetting(string? Literal, string? Secret);
