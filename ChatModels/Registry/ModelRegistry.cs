using ChatModels.Registry.Past;
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
    private readonly HistoryReader _history;

    internal ModelRegistry(LiveRegistry live, RegistryWriter writer, RegistrySynchronizer synchronizer, ReplicaDirectory replicas)
    {
        _live = live;
        _writer = writer;
        _synchronizer = synchronizer;
        _replicas = replicas;
        _history = new HistoryReader(synchronizer);
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

    /// <summary>Creates, replaces and, where asked to, deletes any number of entities: all or nothing, in one revision. They may name each other.</summary>
    /// <remarks>The answer says what changed, or would change. What is there already, exactly so, is not written; where that is everything, there is no new revision.</remarks>
    public Task<RegistryResult> ApplyAsync(RegistryApply apply, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        ArgumentNullException.ThrowIfNull(actor);
        return _writer.WriteAsync(ApplyChange.Of(apply, actor), cancellationToken);
    }

    /// <summary>Undoes everything that was written after a revision, in a new revision, held against today's rules; or only says what would change.</summary>
    public Task<RegistryResult> RollbackAsync(long toRevision, bool dryRun, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var change = new RegistryChange(RegistryOps.Rollback, actor, []) { Completion = new Undoing(toRevision, _synchronizer), IsBulk = true, DryRun = dryRun };
        return _writer.WriteAsync(change, cancellationToken);
    }

    /// <summary>Reads the change log: at most <paramref name="limit"/> writes after a revision, or the newest ones where <paramref name="after"/> is null.</summary>
    public Task<RegistryHistory> ReadHistoryAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _history.ReadAsync(after, limit, cancellationToken);
    }

    /// <summary>Looks for the write that has a stamp, as after <see cref="ErrorCodes.RegistryWriteUnknown"/>: one write, or none where the log does not have it.</summary>
    public Task<RegistryHistory> FindWriteAsync(string stamp, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(stamp);
        return _history.FindAsync(stamp, cancellationToken);
    }

    /// <summary>Waits until the snapshot shows at least <paramref name="revision"/>; false when that took longer than <paramref name="timeout"/>.</summary>
    public Task<bool> WaitForRevisionAsync(long revision, TimeSpan timeout, CancellationToken cancellationToken) =>
        _live.WaitForAsync(revision, timeout, cancellationToken);

    /// <summary>Every live process that serves this registry, ordered by role and id.</summary>
    /// <remarks>Only the store knows: while it can't be asked this throws <see cref="ChatModelsException"/> with <see cref="ErrorCodes.RegistryUnavailable"/>.</remarks>
    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(CancellationToken cancellationToken) => _replicas.ListAsync(cancellationToken);

    /// <summary>Takes the store's history in place of the one that this process holds, after <see cref="RegistryState.Diverged"/>; or only says what would change.</summary>
    /// <remarks>It changes nothing in the store, and concerns this process alone: each one that has diverged is asked for itself.</remarks>
    public Task<RegistryResult> AcceptAsync(bool dryRun, CancellationToken cancellationToken) =>
        _synchronizer.ExclusivelyAsync(() => _synchronizer.AcceptAsync(dryRun, cancellationToken), cancellationToken);

    private Task<RegistryResult> WriteAsync(string op, EntityChange change, Precondition precondition, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change.Id);
        ArgumentNullException.ThrowIfNull(precondition);
        ArgumentNullException.ThrowIfNull(actor);
        return _writer.WriteAsync(new RegistryChange(op, actor, [change with { Precondition = precondition }]), cancellationToken);
    }
}
