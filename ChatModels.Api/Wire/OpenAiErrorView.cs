using System.Text.Json.Serialization;

namespace ChatModels.Api.Wire;

internal sealed record OpenAiErrorView(OpenAiErrorDetail Error);

/// <summary>OpenAI's clients expect all four keys, also those that are null.</summary>
internal sealed record OpenAiErrorDetail(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
