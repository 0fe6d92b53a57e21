namespace ChatModels.Registry.Writing;

/// <summary>Adds to a change what only the snapshot tells that it is held against: so it is asked again with each attempt.</summary>
internal interface IChangeCompletion
{
    Task<CompletedChange> CompleteAsync(RegistryChange change, RegistrySnapshot snapshot, CancellationToken cancellationToken);
}

/// <summary>A whole change, or why there can be none; neither where the store has moved on from the snapshot, so that another attempt helps.</summary>
internal sealed record CompletedChange(RegistryChange? Change, RegistryFailure? Failure = null);
