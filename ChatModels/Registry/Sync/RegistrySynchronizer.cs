using System.Diagnostics;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;
using ChatModels.Telemetry;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Sync;

/// <summary>Brings the snapshot to the store's newest revision, or says why it can't be. The one place where histories are compared.</summary>
internal sealed class RegistrySynchronizer(
    IRegistryStore store, SnapshotBuilder builder, LiveRegistry live, IOptions<RegistryOptions> options, TimeProvider time) : IDisposable
{
    // Everything that builds or publishes holds it: so a snapshot is built from the one that serves, and two never race.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly BoundedReads _reads = new(store, options, time);

    public async Task<T> ExclusivelyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Compares heads and reads what is missing. The caller holds the gate.</summary>
    public async Task<SyncOutcome> BringToHeadAsync(CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            return await _reads.HeadAsync(cancellationToken) is { } head
                ? await FollowAsync(head, askedAt, cancellationToken)
                : SyncOutcome.Empty;
        }
        catch (StoreUnavailableException unavailable)
        {
            // Whoever gave up has learnt nothing about the store.
            cancellationToken.ThrowIfCancellationRequested();
            live.Doubt(unavailable.Message);
            return SyncOutcome.Unavailable;
        }
    }

    /// <summary>What a write that cures a rejected revision starts from; null where that is not the newest any more, or of a history that nothing proves. The caller holds the gate.</summary>
    public async Task<RepairGround?> ReadForRepairAsync(CancellationToken cancellationToken) =>
        live.Rejected is { IsUnproven: false, Head: var rejected } && await _reads.AllAsync(cancellationToken) is { } image && image.Head == rejected
            ? builder.BuildWhatIsReadable(image, live.Current)
            : null;

    /// <summary>Looks again at what this process can use: secrets come and go without a revision. The caller holds the gate.</summary>
    public void Reconsider()
    {
        var current = live.Current;
        var now = builder.Reconsider(current);
        if (now != current)
        {
            live.Publish(now);
        }
    }

    /// <summary>Learns where the registry that is served came from, where that is not known yet. The caller holds the gate.</summary>
    /// <remarks>Should this process ever restore it, others must be able to tell whether theirs was the same. It serves without; so every comparison tries again.</remarks>
    public async Task LearnLineageAsync(CancellationToken cancellationToken)
    {
        if (!live.Lineage.IsMissing || live.Current.Head is not { } head)
        {
            return;
        }

        try
        {
            if (await _reads.LogAsync(Math.Max(0, head.Revision - Lineage.Most), cancellationToken) is { } log && log.Head == head)
            {
                live.Lineage.LearnAll([.. log.Entries.Select(LogCodec.TryDecode)]);
            }
        }
        catch (StoreUnavailableException)
        {
            // It stays missing, and whoever looks at it knows.
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The store's log after a revision; null where there is no head. Needs no gate.</summary>
    public Task<StoreLog?> ReadStoreLogAsync(long after, CancellationToken cancellationToken) => _reads.LogAsync(after, cancellationToken);

    /// <summary>Takes the store's history in place of the one held, or only says what would change. The caller holds the gate.</summary>
    public async Task<RegistryResult> AcceptAsync(bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            // The state may be old: perhaps there is nothing to accept any more, or only now.
            return await BringToHeadAsync(cancellationToken) == SyncOutcome.Unavailable
                ? AcceptFailures.Unavailable(live.Status.Reason)
                : live.Status.State == RegistryState.Diverged || live.Rejected is { IsUnproven: true } ? await TakeOverAsync(dryRun, cancellationToken) : AcceptFailures.NotDiverged(live.Status.State);
        }
        catch (StoreUnavailableException unavailable)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return AcceptFailures.Unavailable(unavailable.Message);
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<RegistryResult> TakeOverAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        var held = live.Current;
        if (await _reads.AllAsync(cancellationToken) is not { } image)
        {
            return AcceptFailures.Unavailable("it has no registry.");
        }

        var build = builder.Build(image, held);
        if (!build.Succeeded)
        {
            return AcceptFailures.Unavailable(build.Refusal);
        }

        if (!dryRun)
        {
            live.Lineage.Forget();
            live.Publish(build.Snapshot);
            live.Confirm(askedAt);
            await LearnLineageAsync(cancellationToken);
        }

        return new RegistryResult { Head = live.Current.Head, Difference = RegistryDifference.Between(held, build.Snapshot) };
    }

    private async Task<SyncOutcome> FollowAsync(RegistryHead head, long askedAt, CancellationToken cancellationToken)
    {
        if (live.Rejected is { } rejected && rejected.Head == head)
        {
            // Reading it once more would only say the same.
            return Reject(rejected);
        }

        if (live.Current.Head is not { } mine)
        {
            return await RefreshTelemetry.MeasureAsync(live, span => ReadAllAsync(askedAt, span, cancellationToken));
        }

        return History.Compare(mine, head) switch
        {
            Descent.Same => Confirm(askedAt),
            Descent.Other other => Diverge(other.Reason),
            _ => await RefreshTelemetry.MeasureAsync(live, span => ReadLogAsync(mine, askedAt, span, cancellationToken)),
        };
    }

    private async Task<SyncOutcome> ReadLogAsync(RegistryHead mine, long askedAt, Activity? span, CancellationToken cancellationToken)
    {
        span?.SetTag(TelemetryNames.Registry.Read, "log");
        if (await _reads.LogAsync(mine.Revision, cancellationToken) is not { } log)
        {
            return SyncOutcome.Empty;
        }

        var entries = log.Entries.Select(LogCodec.TryDecode).ToArray();
        switch (History.Compare(mine, log.Head) ?? History.Trace(mine, log.Head, entries))
        {
            case Descent.Same:
                return Confirm(askedAt);
            case Descent.Other other:
                return Diverge(other.Reason);
            case Descent.Unreadable unreadable:
                return Reject(new RejectedRevision(log.Head, unreadable.Reason) { IsUnproven = true });
            case Descent.Follows when LogReplay.Fold(entries) is { } delta && builder.Apply(live.Current, log.Head, delta) is { Succeeded: true } build:
                var outcome = Serve(build.Snapshot, askedAt);
                live.Lineage.Learn(entries);
                return outcome;
            case Descent.OutOfReach when live.Status is { State: RegistryState.Diverged, Reason: { } reason }:
                // That the log has forgotten where the histories parted does not make them one.
                return Diverge(reason);
            default:
                return await ReadAllAsync(askedAt, span, cancellationToken);
        }
    }

    private async Task<SyncOutcome> ReadAllAsync(long askedAt, Activity? span, CancellationToken cancellationToken)
    {
        span?.SetTag(TelemetryNames.Registry.Read, "all");
        if (await _reads.AllAsync(cancellationToken) is not { } image)
        {
            return SyncOutcome.Empty;
        }

        // The store may have become another one since it was compared.
        if (live.Current.Head is { } mine && History.Compare(mine, image.Head) is Descent.Other other)
        {
            return Diverge(other.Reason);
        }

        var build = builder.Build(image, live.Current);
        if (!build.Succeeded)
        {
            return Reject(new RejectedRevision(image.Head, build.Refusal));
        }

        live.Lineage.Miss();
        return Serve(build.Snapshot, askedAt);
    }

    private SyncOutcome Serve(RegistrySnapshot snapshot, long askedAt)
    {
        live.Publish(snapshot);
        return Confirm(askedAt);
    }

    private SyncOutcome Confirm(long askedAt)
    {
        live.Confirm(askedAt);
        return SyncOutcome.AtHead;
    }

    private SyncOutcome Diverge(string reason)
    {
        live.Diverge(reason);
        return SyncOutcome.Diverged;
    }

    private SyncOutcome Reject(RejectedRevision rejected)
    {
        live.Reject(rejected);
        return SyncOutcome.Rejected;
    }
}
