using System.Text.Json.Serialization;

namespace ChatModels.Api.Wire;

/// <summary>A model as OpenAI's clients list it.</summary>
internal sealed record OpenAiModelView
{
    public required string Id { get; init; }

    public string Object { get; init; } = "model";

    public required long Created { get; init; }

    [JsonPropertyName("owned_by")]
    public required string OwnedBy { get; init; }
}

internal sealed record OpenAiModelList
{
    public string Object { get; init; } = "list";

    public required IReadOnlyList<OpenAiModelView> Data { get; init; }
}
