using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat.Health;

/// <summary>What this process knows of one provider: what the last probe said, and who uses it now.</summary>
internal sealed class ProviderState(string id, ProviderGate gate, TimeProvider time)
{
    private readonly Lock _following = new();
    private readonly Lock _probing = new();
    private long _downUntil;
    private DateTimeOffset _lastProbe;
    private ProviderSlot? _slot;

    public string Id => id;

    public ProviderGate Gate => gate;

    public bool IsDown(long now) => Volatile.Read(ref _downUntil) is not 0 and var until && now < until;

    /// <summary>By the monotonic clock; 0 when no probe says that it is down, or that is too long ago.</summary>
    public long DownUntil(long now) => Volatile.Read(ref _downUntil) is var until && now < until ? until : 0;

    /// <summary>Follows its configuration. Where that is another connection than before, whatever was held against it is no longer true.</summary>
    /// <param name="entry">The configuration.</param>
    /// <param name="forget">Called then, before anybody finds the new connection followed: who asks for it meanwhile waits.</param>
    public void Follow(ProviderEntry entry, Action forget)
    {
        gate.Follow(entry.Config.MaxConcurrency);
        if (entry.Slot is null || Volatile.Read(ref _slot) == entry.Slot)
        {
            return;
        }

        lock (_following)
        {
            if (_slot is not null && _slot != entry.Slot)
            {
                Answered();
                forget();
            }

            Volatile.Write(ref _slot, entry.Slot);
        }
    }

    /// <summary>A request knows better than a probe.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _downUntil) != 0)
        {
            Volatile.Write(ref _downUntil, 0);
        }
    }

    /// <summary>Takes note of a probe's result, once. Without a newer one, what it says is forgotten after <paramref name="lifetime"/>.</summary>
    /// <returns>Whether it was new.</returns>
    public bool Probed(DateTimeOffset at, bool isDown, TimeSpan lifetime)
    {
        lock (_probing)
        {
            if (at <= _lastProbe)
            {
                return false;
            }

            _lastProbe = at;
            Volatile.Write(ref _downUntil, isDown && lifetime > TimeSpan.Zero ? time.TimestampAfter(lifetime) : 0);
            return true;
        }
    }
}
