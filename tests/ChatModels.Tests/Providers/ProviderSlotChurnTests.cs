using System.Collections.Concurrent;
using ChatModels.Providers;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Providers;

public sealed class ProviderSlotChurnTests
{
    private const int Generations = 2_000;
    private readonly ConcurrentBag<FakeChatProvider> _created = [];
    private readonly ConcurrentBag<ProviderSlot> _slots = [];
    private readonly ChatProviderTypes _types = new();
    private ProviderSlot _current;
    private long _uses;

    public ProviderSlotChurnTests()
    {
        var creations = 0;
        _types.Register(Metadata("mine"), async (_, _, _) =>
        {
            var creation = Interlocked.Increment(ref creations);
            if (creation % 3 == 0)
            {
                await Task.Yield();
            }

            if (creation % 50 == 0)
            {
                throw new IOException("one in fifty fails");
            }

            var provider = new FakeChatProvider();
            _created.Add(provider);
            return provider;
        });
        _current = NewSlot();
    }

    [Fact]
    [Trait("Requirement", "FR-018")]
    [Trait("Requirement", "NFR-006")]
    [Trait("Requirement", "NFR-007")]
    public async Task Switching_UnderManyRequests_NeverUsesADisposedProviderNorDisposesTwiceNorLeaksOne()
    {
        using var stop = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 1_000).Select(number => Task.Run(() => RequestAsync(number, stop.Token))).ToArray();

        for (var generation = 0; generation < Generations; generation++)
        {
            Interlocked.Exchange(ref _current, NewSlot()).Retire();
            await Task.Yield();
        }

        await WaitUntil.TrueAsync(() => Volatile.Read(ref _uses) > 10_000, "requests to be served", cancellationToken: TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(requests);
        _current.Retire();
        await WaitUntil.SignalAsync(Task.WhenAll(_slots.Select(slot => slot.Gone)), "all slots to end", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Generations + 1, _slots.Count);
        Assert.All(_created, provider => Assert.Equal((1, 0), (provider.Disposals, provider.UsesAfterDisposal)));
        Assert.True(await _types.UnregisterAsync("mine", TestContext.Current.CancellationToken));
    }

    private ProviderSlot NewSlot()
    {
        var slot = new ProviderSlot("mine", Options(), _types, Services);
        _slots.Add(slot);
        return slot;
    }

    private async Task RequestAsync(int number, CancellationToken stop)
    {
        for (var round = 0; !stop.IsCancellationRequested; round++)
        {
            try
            {
                // Some callers go away at once, so that creations are left without anyone who waits.
                using var lease = await Volatile.Read(ref _current).AcquireAsync((number + round) % 7 == 0 ? new CancellationToken(true) : CancellationToken.None);
                await UseAsync((TrackedProvider?)lease.Provider);
            }
            catch (Exception exception) when (exception is ChatModelsException or OperationCanceledException)
            {
                await Task.Yield();
            }
        }
    }

    private async Task UseAsync(TrackedProvider? provider)
    {
        if (provider is null)
        {
            await Task.Yield();
            return;
        }

        var inner = (FakeChatProvider)provider.Inner;
        inner.Use();
        await Task.Yield();
        inner.Use();
        Interlocked.Increment(ref _uses);
    }
}
