using System.Text.Json;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;

namespace ChatModels.Registry.Writing;

/// <summary>Entities as JSON values, without their tags.</summary>
internal static class EntityValues
{
    /// <summary>What the snapshot has, as it is stored; null where there is none.</summary>
    public static JsonElement? Now(RegistrySnapshot snapshot, EntityKind kind, string id) => kind == EntityKind.Provider
        ? snapshot.ProviderTable.GetValueOrDefault(id) is { } provider ? Raw(provider.Raw) ?? Json(provider.Config) : null
        : snapshot.ModelTable.GetValueOrDefault(id) is { } model ? Raw(model.Raw) ?? Json(model.Config) : null;

    /// <summary>What a change wants; null where it deletes.</summary>
    public static JsonElement? Wanted(EntityChange change) =>
        change.Provider is { } provider ? Json(provider) : change.Model is { } model ? Json(model) : null;

    public static EntityTag? Tag(RegistrySnapshot snapshot, EntityKind kind, string id) => kind == EntityKind.Provider
        ? snapshot.ProviderTable.GetValueOrDefault(id)?.Tag
        : snapshot.ModelTable.GetValueOrDefault(id)?.Tag;

    /// <summary>Whether the snapshot has exactly what the change wants.</summary>
    public static bool IsThere(RegistrySnapshot snapshot, EntityChange change) =>
        !change.IsDelete && Now(snapshot, change.Kind, change.Id) is { } now && Wanted(change) is { } wanted && now.GetRawText() == wanted.GetRawText();

    private static JsonElement Json(ProviderConfig config) => JsonSerializer.SerializeToElement(config, StoreJson.Default.ProviderConfig);

    private static JsonElement Json(ModelConfig config) => JsonSerializer.SerializeToElement(config, StoreJson.Default.ModelConfig);

    private static JsonElement? Raw(ReadOnlyMemory<byte>? raw) =>
        raw is { } json ? JsonSerializer.Deserialize(json.Span, LenientStoreJson.Context.AnyRecord)!.Value : null;
}
