using ChatModels.Registry.Replicas;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Writing;

namespace ChatModels.Registry;

/// <summary>The registry of providers and models, as this process sees it and changes it.</summary>
/// <remarks>Reads never wait and never touch the store. Writes go to the store first, and are in <see cref="Current"/> when they return.</remarks>
public sealed class ModelRegistry
{
    private readonly LiveRegistry _live;
    private readonly RegistryWriter _writer;
    private readonly RegistrySynchronizer _synchronizer;
    private readonly ReplicaDirectory _replicas;

    internal ModelRegistry(LiveRegistry live, RegistryWriter writer, RegistrySynchronizer synchronizer, ReplicaDirectory replicas)
    {
        _live = live;
        _writer = writer;
        _synchronizer = synchronizer;
        _replicas = replicas;
    }

    /// <summary>The snapshot that serves now.</summary>
    public RegistrySnapshot Current => _live.Current;

    /// <summary>How this process stands to the store.</summary>
    public RegistryStatus Status => _live.Status;

    /// <summary>Creates or replaces a provider. <paramref name="actor"/> is who asks, for the log.</summary>
    /// <remarks>A provider that is there already, exactly so, is not written again: the answer has the tag that it has.</remarks>
    public Task<RegistryResult> PutProviderAsync(string id, ProviderConfig config, Precondition precondition, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        return WriteAsync(RegistryOps.PutProvider, EntityChange.Put(id, config), precondition, actor, cancellationToken);
    }

    /// <summary>Deletes a provider that no model uses.</summary>
    public Task<RegistryResult> DeleteProviderAsync(string id, Precondition precondition, string actor, CancellationToken cancellationToken) =>
        WriteAsync(RegistryOps.DeleteProvider, EntityChange.Delete(EntityKind.Provider, id), precondition, actor, cancellationToken);

    /// <summary>Creates or replaces a model.</summary>
    /// <remarks>A model that is there already, exactly so, is not written again: the answer has the tag that it has.</remarks>
    public Task<RegistryResult> PutModelAsync(string id, ModelConfig config, Precondition precondition, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        return WriteAsync(RegistryOps.PutModel, EntityChange.Put(id, config), precondition, actor, cancellationToken);
    }

    /// <summary>Deletes a model that no other model falls back to.</summary>
    public Task<RegistryResult> DeleteModelAsync(string id, Precondition precondition, string actor, CancellationToken cancellationToken) =>
        WriteAsync(RegistryOps.DeleteModel, EntityChange.Delete(EntityKind.Model, id), precondition, actor, cancellationToken);

    /// <summary>Waits until the snapshot shows at least <paramref name="revision"/>; false when that took longer than <paramref name="timeout"/>.</summary>
    public Task<bool> WaitForRevisionAsync(long revision, TimeSpan timeout, CancellationToken cancellationToken) =>
        _live.WaitForAsync(revision, timeout, cancellationToken);

    /// <summary>Every live process that serves this registry, ordered by role and id.</summary>
    /// <remarks>Only the store knows: while it can't be asked this throws <see cref="ChatModelsException"/> with <see cref="ErrorCodes.RegistryUnavailable"/>.</remarks>
    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(CancellationToken cancellationToken) => _replicas.ListAsync(cancellationToken);

    /// <summary>Takes the store's history in place of the one held, after <see cref="RegistryState.Diverged"/>; or only says what would change. Null when the store has nothing that can be read.</summary>
    internal Task<RegistryDifference?> AcceptAsync(bool dryRun, CancellationToken cancellationToken) =>
        _synchronizer.ExclusivelyAsync(() => _synchronizer.AcceptAsync(dryRun, cancellationToken), cancellationToken);

    private Task<RegistryResult> WriteAsync(string op, EntityChange change, Precondition precondition, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change.Id);
        ArgumentNullException.ThrowIfNull(precondition);
        ArgumentNullException.ThrowIfNull(actor);
        return _writer.WriteAsync(new RegistryChange(op, actor, [change with { Precondition = precondition }]), cancellationToken);
    }
}
