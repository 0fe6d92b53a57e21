namespace ChatModels.Registry;

/// <summary>The registry of providers and models, as this process sees it and changes it.</summary>
/// <remarks>Reads never wait and never touch the store. Writes go to the store first, and are in <see cref="Current"/> when they return.</remarks>
public sealed class ModelRegistry
{
    /// <summary>The snapshot that serves now.</summary>
    public RegistrySnapshot Current => throw new NotImplementedException();

    /// <summary>How this process stands to the store.</summary>
    public RegistryStatus Status => throw new NotImplementedException();

    /// <summary>Creates or replaces a provider. <paramref name="actor"/> is who asks, for the log.</summary>
    public Task<RegistryResult> PutProviderAsync(string id, ProviderConfig config, Precondition precondition, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes a provider that no model uses.</summary>
    public Task<RegistryResult> DeleteProviderAsync(string id, Precondition precondition, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Creates or replaces a model.</summary>
    public Task<RegistryResult> PutModelAsync(string id, ModelConfig config, Precondition precondition, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes a model that no other model falls back to.</summary>
    public Task<RegistryResult> DeleteModelAsync(string id, Precondition precondition, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Waits until the snapshot shows at least <paramref name="revision"/>; false when that took longer than <paramref name="timeout"/>.</summary>
    public Task<bool> WaitForRevisionAsync(long revision, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Every live process that serves this registry, ordered by role and id.</summary>
    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
