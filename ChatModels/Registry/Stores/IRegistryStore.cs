using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatModels.Registry.Stores;

/// <summary>Where the registry's truth is kept. Knows heads, opaque entities and an opaque log; the protocol on top of it is the registry's.</summary>
/// <remarks>
/// Safe for any number of threads. Every call ends within the store's own deadline, also while the server hangs: reads throw <see cref="StoreUnavailableException"/>,
/// <see cref="CommitAsync"/> answers with a value. Everything that one read returns belongs to one revision.
/// </remarks>
internal interface IRegistryStore : IAsyncDisposable
{
    /// <summary>Raised when the head may have moved: a hint from a writer, a reconnect, a subscription. May be lost, late, doubled or wrong; never more than a reason to look.</summary>
    event Action? Hinted;

    /// <summary>The head; null where there is none (an empty store).</summary>
    Task<RegistryHead?> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>Head and every entity, as one; null where there is no head.</summary>
    Task<StoreImage?> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Head and the log entries with a revision greater than <paramref name="revision"/>, oldest first, as one; null where there is no head. The log may no longer reach back that far.</summary>
    Task<StoreLog?> ReadLogAsync(long revision, CancellationToken cancellationToken);

    /// <summary>Applies a commit if the head is still the one expected: everything or nothing.</summary>
    Task<CommitOutcome> CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>Says that a process is alive, for <paramref name="lifetime"/> by the store's clock. The last word of a process replaces the one before.</summary>
    Task AnnounceAsync(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Takes an announcement back.</summary>
    Task WithdrawAsync(string replicaId, CancellationToken cancellationToken);

    /// <summary>The announcements of every process that is alive.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAnnouncementsAsync(CancellationToken cancellationToken);
}

/// <summary>The whole registry at one revision.</summary>
internal sealed record StoreImage(RegistryHead Head, IReadOnlyList<StoredEntity> Entities);

/// <summary>What has been written since some revision.</summary>
internal sealed record StoreLog(RegistryHead Head, IReadOnlyList<ReadOnlyMemory<byte>> Entries);

/// <summary>An entity as stored; in a commit, no value means: delete it.</summary>
internal sealed record StoredEntity(EntityKind Kind, string Id, ReadOnlyMemory<byte>? Json);

/// <summary>The collections of the registry.</summary>
[JsonConverter(typeof(EntityKindConverter))]
internal enum EntityKind
{
    Provider,
    Model,
}

/// <summary>In camel case as everything in the store; read in either, as logs have it that were written before.</summary>
internal sealed class EntityKindConverter() : JsonStringEnumConverter<EntityKind>(JsonNamingPolicy.CamelCase);

/// <summary>One write. <paramref name="Expected"/> is the head that it was validated against; null means: only where there is no head.</summary>
internal sealed record StoreCommit(RegistryHead? Expected, RegistryHead Next, IReadOnlyList<StoredEntity> Changes, ReadOnlyMemory<byte> LogEntry);

/// <summary>What became of a commit.</summary>
internal enum CommitOutcome
{
    /// <summary>Applied.</summary>
    Committed,

    /// <summary>Not applied: the head has moved.</summary>
    Lost,

    /// <summary>Certainly not applied, now or later: the store could not be reached.</summary>
    Unavailable,

    /// <summary>Sent, and no answer in time: it may be applied, now or later.</summary>
    Unknown,
}

/// <summary>The store could not be reached, or did not answer in time.</summary>
internal sealed class StoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
