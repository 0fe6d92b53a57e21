using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>Providers and models to write together: all or nothing, in one revision. They may name each other.</summary>
internal sealed record ApplyInput
{
    /// <summary>Providers to create or replace, each with its id. Left out: all providers stay as they are.</summary>
    public IReadOnlyList<ProviderInput>? Providers { get; init; }

    /// <summary>Models to create or replace, each with its id. Left out: all models stay as they are.</summary>
    public IReadOnlyList<ModelInput>? Models { get; init; }

    /// <summary>Whether to delete what is in the registry and not in a list that is given; false where absent.</summary>
    public bool? Prune { get; init; }

    /// <summary>Whether to write nothing and only answer what would change; false where absent.</summary>
    public bool? DryRun { get; init; }

    /// <summary>"empty", where a list is empty and is to delete everything of its kind.</summary>
    public string? Confirm { get; init; }

    public RegistryApply ToApply() => new()
    {
        // A missing id is the registry's to name, with every other mistake.
        Providers = Providers?.Select(provider => new AppliedProvider(provider.Id!, provider.ToConfig())).ToArray(),
        Models = Models?.Select(model => new AppliedModel(model.Id!, model.ToConfig())).ToArray(),
        Prune = Prune ?? false,
        ConfirmEmpty = Confirm is not null,
        DryRun = DryRun ?? false,
    };
}

/// <summary>A revision to go back to.</summary>
internal sealed record RollbackInput
{
    /// <summary>The revision whose state is wanted; everything after it is undone in a new revision.</summary>
    public required long ToRevision { get; init; }

    /// <summary>Whether to write nothing and only answer what would change; false where absent.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>Takes the store's history in place of the one that the answering replica holds.</summary>
internal sealed record AcceptInput
{
    /// <summary>Whether to change nothing and only answer what would change; false where absent.</summary>
    public bool? DryRun { get; init; }
}
