namespace ChatModels.Registry.Writing;

/// <summary>The verbs of the log.</summary>
internal static class RegistryOps
{
    public const string PutProvider = "put_provider";
    public const string DeleteProvider = "delete_provider";
    public const string PutModel = "put_model";
    public const string DeleteModel = "delete_model";

    /// <summary>Many entities, all or nothing.</summary>
    public const string Apply = "apply";

    /// <summary>Everything after a revision, undone.</summary>
    public const string Rollback = "rollback";

    /// <summary>The birth of a registry, with what its configuration gives it; possibly nothing.</summary>
    public const string Seed = "seed";

    /// <summary>A process wrote the snapshot that it held into a store that had lost everything.</summary>
    public const string Restore = "restore";
}
