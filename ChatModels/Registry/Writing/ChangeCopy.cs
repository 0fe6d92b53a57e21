using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Writing;

/// <summary>Copies a change through the store's JSON: the caller may go on changing its lists, and this process serves what all others will read.</summary>
internal static class ChangeCopy
{
    private const int MaxBytes = 128 * 1024;

    /// <summary>Replaces the change's entities by copies; the mistakes where one can't be written as JSON.</summary>
    public static IReadOnlyList<ValidationIssue> TryCopy(RegistryChange change, out RegistryChange copy)
    {
        List<ValidationIssue> issues = [];
        copy = change with { Entities = [.. change.Entities.Select(e => Copy(e, issues))] };
        return issues;
    }

    private static EntityChange Copy(EntityChange entity, List<ValidationIssue> issues)
    {
        try
        {
            return entity switch
            {
                { Provider: { } provider } => EntityChange.Put(entity.Id, Copy(provider, StoreJson.Default.ProviderConfig, entity, issues)) with
                {
                    Precondition = entity.Precondition,
                    Path = entity.Path,
                    IdPath = entity.IdPath,
                },
                { Model: { } model } => EntityChange.Put(entity.Id, Copy(model, StoreJson.Default.ModelConfig, entity, issues)) with
                {
                    Precondition = entity.Precondition,
                    Path = entity.Path,
                    IdPath = entity.IdPath,
                },
                _ => entity,
            };
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            var path = (mistake as JsonException)?.Path is { Length: > 1 } at ? entity.Path + at[1..] : entity.Path;
            issues.Add(new ValidationIssue(path, "It can't be written as JSON: a required value is null or not readable text; give one."));
            return entity;
        }
    }

    private static T Copy<T>(T config, JsonTypeInfo<T> type, EntityChange entity, List<ValidationIssue> issues)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(config, type);
        if (json.Length > MaxBytes)
        {
            issues.Add(new ValidationIssue(entity.Path, $"It is {json.Length} bytes of JSON; at most {MaxBytes} are allowed."));
        }

        return JsonSerializer.Deserialize(json, type)!;
    }
}
