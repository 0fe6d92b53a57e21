using System.Text.Json;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Replicas;

/// <summary>The processes that serve this registry: says who this one is, and lists them all.</summary>
internal sealed class ReplicaDirectory(IRegistryStore store, LiveRegistry live, ReplicaIdentity identity, IOptions<RegistryOptions> options, TimeProvider time)
{
    private const int MostNamed = 50;
    private static readonly TimeSpan WithdrawDeadline = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ReplicaInfo Replica, long At)> _heard = [];

    /// <summary>How long a process counts as alive after its last word.</summary>
    public TimeSpan Lifetime => options.Value.AnnounceInterval * 3;

    /// <summary>The other processes that were alive when this one asked, at some time within so long, by what they had said last.</summary>
    public IReadOnlyList<ReplicaInfo> HeardWithin(TimeSpan age)
    {
        lock (_lock)
        {
            return [.. _heard.Values.Where(h => time.GetElapsedTime(h.At) < age).Select(h => h.Replica)];
        }
    }

    /// <summary>Says that this process is alive; true when the store has heard it.</summary>
    public async Task<bool> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Describe(), StoreJson.Default.ReplicaInfo);
            await store.AnnounceAsync(identity.Id, json, Lifetime, cancellationToken).WaitAsync(options.Value.ReadDeadline, time, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Takes this process off the list; true when the store has heard it.</summary>
    public async Task<bool> TryWithdrawAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.WithdrawAsync(identity.Id, cancellationToken).WaitAsync(WithdrawDeadline, time, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Reads who else is alive; null when the store could not be asked.</summary>
    public async Task<IReadOnlyList<ReplicaInfo>?> TryHearAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or TimeoutException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<ReplicaInfo>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await ReadAsync(cancellationToken)).OrderBy(r => r.Role, StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is StoreUnavailableException or TimeoutException)
        {
            throw new ChatModelsException(
                "registry.list_replicas", ErrorCodes.RegistryUnavailable, ErrorCategory.Store,
                "The replicas can't be listed, since the registry's store can't be asked now. Try again later.", failure)
            {
                Retryable = true,
            };
        }
    }

    private async Task<IReadOnlyList<ReplicaInfo>> ReadAsync(CancellationToken cancellationToken)
    {
        var announcements = await store.ReadAnnouncementsAsync(cancellationToken).WaitAsync(options.Value.ReadDeadline, time, cancellationToken);
        ReplicaInfo[] replicas = [.. announcements.Select(TryRead).OfType<ReplicaInfo>()];
        Note(replicas);
        return replicas;
    }

    private void Note(ReplicaInfo[] replicas)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            foreach (var (id, _) in _heard.Where(h => time.GetElapsedTime(h.Value.At, now) >= Lifetime).ToArray())
            {
                _heard.Remove(id);
            }

            foreach (var replica in replicas.Where(r => r.Id != identity.Id))
            {
                _heard[replica.Id] = (replica, now);
            }
        }
    }

    private ReplicaInfo Describe()
    {
        var status = live.Status;
        return new ReplicaInfo
        {
            Id = identity.Id,
            Role = options.Value.Role,
            Host = identity.Host,
            Version = identity.Version,
            StartedAt = identity.StartedAt,
            State = status.State,
            Epoch = status.Head?.Epoch,
            Revision = status.Head?.Revision,
            AgeSeconds = status.Age?.TotalSeconds,
            Unusable = UnusableEntities.List(live.Current, MostNamed),
            Work = identity is { IsDraining: true, Work: { } work } ? ["draining", .. work] : identity.Work,
        };
    }

    private static ReplicaInfo? TryRead(ReadOnlyMemory<byte> announcement)
    {
        try
        {
            return JsonSerializer.Deserialize(announcement.Span, LenientStoreJson.Context.ReplicaInfo);
        }
        catch (JsonException)
        {
            // A version that describes itself in another way; it is alive, but can't be shown here.
            return null;
        }
    }
}
