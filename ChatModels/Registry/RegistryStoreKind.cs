namespace ChatModels.Registry;

/// <summary>Decides where the registry is kept.</summary>
internal static class RegistryStoreKind
{
    public const string Redis = "redis";
    public const string Memory = "memory";

    /// <summary>The store meant; null where none is, and the operator must say.</summary>
    public static string? Choose(RegistryOptions options, bool hasRedis, bool isDevelopment) =>
        options.Store is { Length: > 0 } named ? named : hasRedis ? Redis : isDevelopment ? Memory : null;
}
