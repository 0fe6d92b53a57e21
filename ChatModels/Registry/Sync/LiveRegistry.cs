using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Sync;

/// <summary>Holds the snapshot that serves, and how it stands to the store.</summary>
/// <remarks>Readers never wait. Everything that changes it is called by whoever holds the synchronizer's gate.</remarks>
internal sealed partial class LiveRegistry(ReplicaIdentity replica, IOptions<RegistryOptions> options, TimeProvider time, ILogger<LiveRegistry> logger) : IDisposable
{
    private const string NotReadYet = "The registry was not read yet.";

    private RegistrySnapshot _current = RegistrySnapshot.NotLoaded;
    private Standing _standing = new(RegistryState.Loading, NotReadYet, null, null);
    private TaskCompletionSource _published = NewSignal();

    /// <summary>Raised after a snapshot was published or the state has changed.</summary>
    public event Action? Changed;

    /// <summary>The history that the snapshot belongs to, as far as it is known.</summary>
    public Lineage Lineage { get; } = new();

    public RegistrySnapshot Current => Volatile.Read(ref _current);

    /// <summary>Ends with the next publication. Take it before <see cref="Current"/>, and none is missed.</summary>
    public Task NextPublication => Volatile.Read(ref _published).Task;

    public RejectedRevision? Rejected => Volatile.Read(ref _standing).Rejected;

    public RegistryStatus Status
    {
        get
        {
            var standing = Volatile.Read(ref _standing);
            var age = standing.ConfirmedAt is { } at ? time.GetElapsedTime(at) : (TimeSpan?)null;
            var overdue = standing.State == RegistryState.Live && age > options.Value.MaxStaleness;
            return new RegistryStatus
            {
                State = overdue ? RegistryState.Stale : standing.State,
                Reason = overdue ? "The store has not been compared for longer than ChatModels:Registry:MaxStaleness." : standing.Reason,
                Head = Current.Head,
                Age = age,
                RejectedRevision = standing.Rejected?.Head.Revision,
                ReplicaId = replica.Id,
            };
        }
    }

    /// <summary>Serves a snapshot from now on; the live adapters that only the one before held end when their last request has ended.</summary>
    public void Publish(RegistrySnapshot snapshot)
    {
        var previous = Interlocked.Exchange(ref _current, snapshot);
        if (snapshot.Head is { } head)
        {
            Lineage.Note(head.Revision, head.Stamp);
        }

        Interlocked.Exchange(ref _published, NewSignal()).SetResult();
        RetireWhatIsGone(previous, snapshot);
        Changed?.Invoke();
    }

    /// <summary>The store, asked at <paramref name="askedAt"/>, confirmed that the snapshot is its newest revision.</summary>
    public void Confirm(long askedAt) => Stand(new Standing(RegistryState.Live, null, null, askedAt));

    /// <summary>The snapshot could not be confirmed. A process that knows of another history goes on saying so.</summary>
    public void Doubt(string reason)
    {
        var standing = _standing;
        Stand(standing.State == RegistryState.Diverged ? standing : standing with { State = Unconfirmed, Reason = reason });
    }

    /// <summary>The newest revision can't be read; the snapshot goes on serving.</summary>
    public void Reject(RejectedRevision rejected) =>
        Stand(_standing with { State = Unconfirmed, Reason = $"Revision {rejected.Head.Revision} was refused: {rejected.Reason}", Rejected = rejected });

    /// <summary>The store holds another history; the snapshot goes on serving until an operator decides.</summary>
    public void Diverge(string reason) => Stand(_standing with { State = RegistryState.Diverged, Reason = reason, Rejected = null });

    /// <summary>Waits until the snapshot shows a revision; false when that took too long.</summary>
    public async Task<bool> WaitForAsync(long revision, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            var published = Volatile.Read(ref _published).Task;
            if (Current.Head?.Revision >= revision)
            {
                return true;
            }

            try
            {
                await published.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Ends every live adapter once its last request has ended.</summary>
    public void Dispose() => RetireWhatIsGone(Current, RegistrySnapshot.NotLoaded);

    private RegistryState Unconfirmed => Current.Head is null ? RegistryState.Loading : RegistryState.Stale;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void RetireWhatIsGone(RegistrySnapshot previous, RegistrySnapshot snapshot)
    {
        if (previous.ProviderTable == snapshot.ProviderTable)
        {
            return;
        }

        foreach (var (id, entry) in previous.ProviderTable)
        {
            if (entry.Slot is { } slot && snapshot.ProviderTable.GetValueOrDefault(id)?.Slot != slot)
            {
                slot.Retire();
            }
        }
    }

    private void Stand(Standing standing)
    {
        var previous = Interlocked.Exchange(ref _standing, standing);
        if (previous.State == standing.State && previous.Rejected == standing.Rejected && previous.Reason != NotReadYet)
        {
            return;
        }

        Log(standing);
        Changed?.Invoke();
    }

    private void Log(Standing standing)
    {
        switch (standing)
        {
            case { State: RegistryState.Live }:
                LogLive(Current.Head?.Revision, Current.ProviderTable.Count, Current.ModelTable.Count);
                break;
            case { State: RegistryState.Diverged, Reason: var reason }:
                LogDiverged(Current.Head?.Revision, reason);
                break;
            case { Rejected: not null, Reason: var reason }:
                LogRejected(Current.Head?.Revision, reason);
                break;
            case { State: RegistryState.Loading, Reason: var reason }:
                LogNotLoaded(reason);
                break;
            case { Reason: var reason }:
                LogStale(Current.Head?.Revision, reason);
                break;
        }
    }

    [LoggerMessage(1101, LogLevel.Information, "The registry is live at revision {Revision} with {Providers} providers and {Models} models")]
    private partial void LogLive(long? revision, int providers, int models);

    [LoggerMessage(1102, LogLevel.Warning, "The registry is not loaded yet: {Reason}")]
    private partial void LogNotLoaded(string? reason);

    [LoggerMessage(1103, LogLevel.Warning, "The registry is stale and goes on serving revision {Revision}: {Reason}")]
    private partial void LogStale(long? revision, string? reason);

    [LoggerMessage(1104, LogLevel.Error, "The registry goes on serving revision {Revision}: {Reason}")]
    private partial void LogRejected(long? revision, string? reason);

    [LoggerMessage(1105, LogLevel.Error, "The store holds another history than revision {Revision}, which goes on serving: {Reason}")]
    private partial void LogDiverged(long? revision, string? reason);
}
