using ChatModels.Chat.Health;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Chat.Health;

public sealed class ProviderStateTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void TheFirstConnection_AndTheSameOnceMore_ForgetNothing()
    {
        var (state, entry, forgotten) = (New(), Entry(), 0);

        state.Follow(entry, () => forgotten++);
        state.Follow(entry, () => forgotten++);
        state.Follow(Entry(isUsable: false), () => forgotten++);

        Assert.Equal(0, forgotten);
    }

    [Fact]
    public void AnotherConnection_ForgetsOnce()
    {
        var (state, other, forgotten) = (New(), Entry(), 0);
        state.Follow(Entry(), () => forgotten++);

        state.Follow(other, () => forgotten++);
        state.Follow(other, () => forgotten++);

        Assert.Equal(1, forgotten);
    }

    /// <summary>A request that finds the new connection must not be routed by what was held against the old one.</summary>
    [Fact]
    public async Task WhoeverFindsANewConnectionFollowed_FindsForgottenWhatWasHeldAgainstTheOldOne()
    {
        var (state, other, isForgotten, seen) = (New(), Entry(), false, false);
        using var forgetting = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        state.Follow(Entry(), () => { });
        var first = new Thread(() => state.Follow(other, () =>
        {
            forgetting.Set();
            release.Wait(Cancelled);
            isForgotten = true;
        }));
        var second = new Thread(() =>
        {
            state.Follow(other, () => { });
            seen = Volatile.Read(ref isForgotten);
        });
        first.Start();
        forgetting.Wait(Cancelled);

        second.Start();
        await WaitUntil.TrueAsync(() => !second.IsAlive || second.ThreadState.HasFlag(ThreadState.WaitSleepJoin), "the second one to wait, or to be through", cancellationToken: Cancelled);
        release.Set();
        first.Join();
        second.Join();

        Assert.True(seen);
    }

    private static ProviderState New() => new("p", new ProviderGate(1, TimeProvider.System), TimeProvider.System);

    private static ProviderEntry Entry(bool isUsable = true) => new()
    {
        Id = "p",
        Config = new ProviderConfig { Type = "simulator" },
        Tag = default,
        Slot = isUsable ? new ProviderSlot("simulator", new ProviderOptions { Id = "p" }, ChatProviderTypes.Global, new ProviderServices(TimeProvider.System)) : null,
    };
}
