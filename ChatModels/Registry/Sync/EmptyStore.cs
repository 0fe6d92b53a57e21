using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Writing;
using ChatModels.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Sync;

/// <summary>What happens while the store has no head: a snapshot that somebody holds is restored; where nobody holds one, a registry is born.</summary>
/// <remarks>
/// A registry is born by its seed alone, be it empty, and only in a transaction on the condition that there is no head: until then writes are
/// refused. So a process that starts while a wiped store waits for its restore can't shut the restorers out with a first write.
/// </remarks>
internal sealed partial class EmptyStore(
    IRegistryStore store,
    LiveRegistry live,
    RestoreTurn turn,
    WritePreparer preparer,
    IOptions<RegistrySeed> seed,
    ReplicaIdentity replica,
    Chance chance,
    IOptions<RegistryOptions> options,
    TimeProvider time,
    ILogger<EmptyStore> logger)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan NextAsking = TimeSpan.FromMilliseconds(250);

    private long? _since;

    /// <summary>There is a head.</summary>
    public void Forget()
    {
        _since = null;
        turn.Forget();
    }

    /// <summary>There is no head: waits, or acts when it is time. Returns when to look again. The caller holds the synchronizer's gate.</summary>
    public async Task<TimeSpan> ActAsync(CancellationToken cancellationToken)
    {
        var held = live.Current;
        _since ??= time.GetTimestamp();
        var patience = PatienceWith(held);
        var left = patience - time.GetElapsedTime(_since.Value);
        if (held.Head is not null)
        {
            live.Doubt($"The store has lost the registry; it is restored from this process after {patience:c} unless another process is first.");
            await turn.TryAnnounceAsync(cancellationToken);
        }
        else if (left > TimeSpan.Zero)
        {
            live.Doubt($"The store has no registry; one is created after {patience:c} unless another process restores one.");
        }

        if (left > TimeSpan.Zero)
        {
            return left;
        }

        if (await turn.WhyWaitAsync(cancellationToken) is { } reason)
        {
            live.Doubt($"The store has no registry: {reason}");
            return NextAsking;
        }

        await CommitAsync(Fill(held), cancellationToken);
        return Soon;
    }

    private PreparedWrite Fill(RegistrySnapshot held) => held.Head is { } head
        ? preparer.PrepareRestore(held, head with { Revision = head.Revision + 1, Stamp = chance.NextId() }, replica.Id, live.Lineage)
        : preparer.Prepare(held, seed.Value.Change, new RegistryHead(chance.NextId(), 1, chance.NextId()));

    // Whoever holds the store's last history and knows where it came from goes first. A snapshot that the store never confirmed to this process came from a
    // file, and may be old; one that diverged is of a history that the store had left.
    private TimeSpan PatienceWith(RegistrySnapshot held)
    {
        var delays = options.Value;
        return held.Head is null ? delays.BirthDelay
            : live.Status is { Age: not null, State: not RegistryState.Diverged } && !live.Lineage.IsPartial ? delays.RestoreDelay
            : delays.BirthDelay > delays.RestoreDelay ? delays.BirthDelay : delays.RestoreDelay;
    }

    private async Task CommitAsync(PreparedWrite write, CancellationToken cancellationToken)
    {
        var isRestore = live.Current.Head is not null;
        using var span = WriteTelemetry.Start(isRestore ? RegistryOps.Restore : RegistryOps.Seed);
        var askedAt = time.GetTimestamp();
        var outcome = await SendAsync(write.Commit, cancellationToken);
        if (outcome == CommitOutcome.Committed)
        {
            span?.SetTag(TelemetryNames.Registry.Revision, write.Next.Head?.Revision);
            Tell(write.Next, isRestore);
            live.Publish(write.Next);
            live.Confirm(askedAt);
            Forget();
        }
        else if (outcome == CommitOutcome.Lost)
        {
            span?.End(ErrorCodes.RegistryBusy);
        }
        else
        {
            span?.End(outcome == CommitOutcome.Unavailable ? ErrorCodes.RegistryUnavailable : ErrorCodes.RegistryWriteUnknown);

            // Applied or not: the next comparison sees it, and this is tried again where it is needed still.
            live.Doubt("The store has no registry, and could not be given one.");
        }
    }

    private async Task<CommitOutcome> SendAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        try
        {
            return await store.CommitAsync(commit, cancellationToken).WaitAsync(options.Value.ReadDeadline, time, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or StoreUnavailableException)
        {
            return CommitOutcome.Unknown;
        }
    }

    private void Tell(RegistrySnapshot filled, bool isRestore)
    {
        if (isRestore)
        {
            LogRestored(filled.Head!.Revision, filled.ProviderTable.Count, filled.ModelTable.Count);
        }
        else
        {
            LogBorn(filled.Head!.Revision, filled.ProviderTable.Count, filled.ModelTable.Count);
        }
    }

    [LoggerMessage(1111, LogLevel.Information, "The store had no registry: created one at revision {Revision} with {Providers} providers and {Models} models")]
    private partial void LogBorn(long revision, int providers, int models);

    [LoggerMessage(1112, LogLevel.Warning, "The store had lost the registry: restored it as revision {Revision} with {Providers} providers and {Models} models")]
    private partial void LogRestored(long revision, int providers, int models);
}
