using ChatModels.Registry.Replicas;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Sync;

/// <summary>Whose turn it is to fill a store that has lost its registry: of those who hold one, who holds the newest revision goes first.</summary>
/// <remarks>
/// What that promises: a write that was acknowledged survives a wipe if a process that holds it and has not diverged runs on and reaches the emptied store. Each
/// says what it holds as soon as it finds the store empty, and nobody restores while one that he has heard of lately is silent (until its next announcement
/// is overdue) or while one has announced a newer revision (as long as an announcement lives, then it counts as stuck). What it can't promise: a holder that
/// stands still or is cut off for longer, or of which nobody had heard yet, loses its turn, and so does one when the store is emptied again faster than others
/// look. It then says <c>diverged</c>, and what it alone holds is an operator's to save. Used by whoever holds the synchronizer's gate.
/// </remarks>
internal sealed class RestoreTurn(ReplicaDirectory directory, LiveRegistry live, ReplicaIdentity identity, IOptions<RegistryOptions> options, TimeProvider time)
{
    private readonly Dictionary<string, (long Since, long? Revision)> _ahead = [];
    private long? _unreadSince;

    /// <summary>Says what this process holds; each time, because the store may have been emptied again. Who is not heard loses no more than its turn.</summary>
    public Task<bool> TryAnnounceAsync(CancellationToken cancellationToken) => directory.TryAnnounceAsync(cancellationToken);

    /// <summary>Why this process, whose own delay is over, must wait still; null when it is its turn.</summary>
    public async Task<string?> WhyWaitAsync(CancellationToken cancellationToken)
    {
        var lately = directory.HeardWithin(options.Value.AnnounceInterval + options.Value.RestoreDelay);
        if (await directory.TryHearAsync(cancellationToken) is not { } announced)
        {
            return IsOver(_unreadSince ??= time.GetTimestamp()) ? null : "who else may hold it can't be read.";
        }

        _unreadSince = null;
        var me = live.Status;
        if (announced.FirstOrDefault(r => r.Id != identity.Id && GoesBefore(r, me) && !IsStuck(r)) is { } ahead)
        {
            return $"the process {ahead.Id} holds revision {ahead.Revision} and goes first.";
        }

        return lately.FirstOrDefault(r => MayGoBefore(r, me) && announced.All(a => a.Id != r.Id)) is { } silent
            ? $"the process {silent.Id} was there a moment ago, and may hold a newer one."
            : null;
    }

    /// <summary>There is a head.</summary>
    public void Forget()
    {
        _ahead.Clear();
        _unreadSince = null;
    }

    private static bool GoesBefore(ReplicaInfo other, RegistryStatus me) => MayGoBefore(other, me) && (!Counts(me) || other.Revision > me.Head!.Revision);

    // What it held when it was heard last may not be the last that it held.
    private static bool MayGoBefore(ReplicaInfo other, RegistryStatus me) =>
        other is { State: RegistryState.Live or RegistryState.Stale, Revision: not null, AgeSeconds: not null } && (!Counts(me) || other.Epoch == me.Head!.Epoch);

    // A history that the store never confirmed to this process, or that it has left, gives way to every other.
    private static bool Counts(RegistryStatus me) => me is { Head: not null, Age: not null, State: not RegistryState.Diverged };

    // One that announces another revision than before has not stood still: the store was filled and emptied again while this process did not look.
    private bool IsStuck(ReplicaInfo other)
    {
        if (!_ahead.TryGetValue(other.Id, out var ahead) || ahead.Revision != other.Revision)
        {
            _ahead[other.Id] = ahead = (time.GetTimestamp(), other.Revision);
        }

        return IsOver(ahead.Since);
    }

    private bool IsOver(long since) => time.GetElapsedTime(since) >= directory.Lifetime;
}
