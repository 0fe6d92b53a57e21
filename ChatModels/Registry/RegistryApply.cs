namespace ChatModels.Registry;

/// <summary>Providers and models to write together: all or nothing, in one revision.</summary>
public sealed record RegistryApply
{
    /// <summary>Providers to create or replace; null leaves all providers alone, also with <see cref="Prune"/>.</summary>
    public IReadOnlyList<AppliedProvider>? Providers { get; init; }

    /// <summary>Models to create or replace; null leaves all models alone, also with <see cref="Prune"/>.</summary>
    public IReadOnlyList<AppliedModel>? Models { get; init; }

    /// <summary>Whether what is in the registry and not in a collection that was given is deleted.</summary>
    public bool Prune { get; init; }

    /// <summary>Whether a collection that was given without anything in it really means: delete all of it. Without this, pruning by it is refused.</summary>
    public bool ConfirmEmpty { get; init; }

    /// <summary>Whether to write nothing and only say what would change.</summary>
    public bool DryRun { get; init; }
}

/// <summary>A provider to write.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Config">Its configuration.</param>
public sealed record AppliedProvider(string Id, ProviderConfig Config);

/// <summary>A model to write.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Config">Its configuration.</param>
public sealed record AppliedModel(string Id, ModelConfig Config);
