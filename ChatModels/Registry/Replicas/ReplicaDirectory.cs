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

    /// <summary>Says that this process is alive; true when the store has heard it.</summary>
    public async Task<bool> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Describe(), StoreJson.Default.ReplicaInfo);
            await store.AnnounceAsync(identity.Id, json, options.Value.AnnounceInterval * 3, cancellationToken).WaitAsync(options.Value.ReadDeadline, time, cancellationToken);
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

    public async Task<IReadOnlyList<ReplicaInfo>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var announcements = await store.ReadAnnouncementsAsync(cancellationToken).WaitAsync(options.Value.ReadDeadline, time, cancellationToken);
            return [.. announcements.Select(TryRead).OfType<ReplicaInfo>().OrderBy(r => r.Role, StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal)];
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
            Revision = status.Head?.Revision,
            AgeSeconds = status.Age?.TotalSeconds,
            Unusable = UnusableEntities.List(live.Current, MostNamed),
            Work = identity.Work,
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
