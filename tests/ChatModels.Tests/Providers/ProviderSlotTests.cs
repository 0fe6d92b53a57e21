using ChatModels.Providers;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Providers;

[Trait("Requirement", "FR-018")]
public sealed class ProviderSlotTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Defect", "unread-cache")]
    public async Task Acquire_ManyAtOnce_ShareOneCreation()
    {
        var creations = 0;
        var gate = new TaskCompletionSource<IChatProvider>();
        var slot = SlotOf((_, _, _) =>
        {
            Interlocked.Increment(ref creations);
            return new(gate.Task);
        });

        var waiting = Enumerable.Range(0, 32).Select(_ => slot.AcquireAsync(Ct).AsTask()).ToArray();
        gate.SetResult(new FakeChatProvider());
        var leases = await Task.WhenAll(waiting);

        Assert.Equal(1, creations);
        Assert.Single(leases.Select(lease => lease.Provider).Distinct());
    }

    [Fact]
    public async Task Acquire_OneCallerCancels_AbandonsOnlyItsOwnWait()
    {
        var gate = new TaskCompletionSource<IChatProvider>();
        var slot = SlotOf((_, _, _) => new(gate.Task));
        using var stop = new CancellationTokenSource();
        var abandoned = slot.AcquireAsync(stop.Token).AsTask();
        var patient = slot.AcquireAsync(Ct).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        gate.SetResult(new FakeChatProvider());

        Assert.NotNull((await patient).Provider);
    }

    [Fact]
    public async Task Acquire_CreationFailed_IsTriedAgainByALaterRequestAtABoundedRate()
    {
        var creations = 0;
        var provider = new FakeChatProvider();
        var slot = SlotOf((_, _, _) => ++creations == 1 ? throw new IOException("not yet") : new(provider));

        for (var request = 0; request < 5; request++)
        {
            var error = await Assert.ThrowsAsync<ChatModelsException>(() => slot.AcquireAsync(Ct).AsTask());
            Assert.Equal(ErrorCodes.ProviderCreationFailed, error.Code);
        }

        Assert.Equal(1, creations);
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var lease = await slot.AcquireAsync(Ct);
        Assert.Equal(2, creations);
        Assert.NotNull(lease.Provider);
    }

    [Fact]
    public async Task Retire_RequestInFlight_DisposesOnlyAfterItsEndAndOnce()
    {
        var provider = new FakeChatProvider();
        var slot = SlotOf(Creating(provider));
        var first = await slot.AcquireAsync(Ct);
        var second = await slot.AcquireAsync(Ct);

        slot.Retire();
        slot.Retire();
        first.Dispose();
        Assert.Equal(0, provider.Disposals);
        second.Dispose();
        await WaitUntil.SignalAsync(slot.Gone, "the slot's end", cancellationToken: Ct);

        Assert.Equal(1, provider.Disposals);
        Assert.Null((await slot.AcquireAsync(Ct)).Provider);
    }

    [Fact]
    public async Task Retire_NeverUsed_CreatesNothing()
    {
        var creations = 0;
        var slot = SlotOf((_, _, _) =>
        {
            creations++;
            return new(new FakeChatProvider());
        });

        slot.Retire();
        await WaitUntil.SignalAsync(slot.Gone, "the slot's end", cancellationToken: Ct);
        using var lease = await slot.AcquireAsync(Ct);

        Assert.Null(lease.Provider);
        Assert.Equal(0, creations);
    }

    [Fact]
    public async Task Retire_DuringCreationThatNobodyWaitsFor_DisposesWhatArrives()
    {
        var gate = new TaskCompletionSource<IChatProvider>();
        var started = new TaskCompletionSource();
        var provider = new FakeChatProvider();
        var slot = SlotOf((_, _, _) =>
        {
            started.SetResult();
            return new(gate.Task);
        });
        using var stop = new CancellationTokenSource();
        var abandoned = slot.AcquireAsync(stop.Token).AsTask();
        await started.Task.WaitAsync(Ct);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);

        slot.Retire();
        gate.SetResult(provider);
        await WaitUntil.SignalAsync(slot.Gone, "the slot's end", cancellationToken: Ct);

        Assert.Equal(1, provider.Disposals);
    }

    [Fact]
    public async Task Dispose_Fails_IsLoggedAndThrownAtNobody()
    {
        var logs = new FakeLogCollector();
        await using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(logs))).BuildServiceProvider();
        var provider = new FakeChatProvider { OnDispose = () => throw new IOException("stuck") };
        var slot = new ProviderSlot("mine", Options("eu"), With(Metadata("mine"), Creating(provider)), new ProviderServices(_clock, services));
        var lease = await slot.AcquireAsync(Ct);

        slot.Retire();
        lease.Dispose();
        await WaitUntil.SignalAsync(slot.Gone, "the slot's end", cancellationToken: Ct);

        var record = Assert.Single(logs.GetSnapshot());
        Assert.Equal((LogLevel.Warning, "stuck"), (record.Level, record.Exception?.Message));
        Assert.Contains("eu", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "NFR-001")]
    public async Task Acquire_ProviderIsThere_AnswersAtOnceAndAllocatesNothing()
    {
        var slot = SlotOf(Creating(new FakeChatProvider()));
        (await slot.AcquireAsync(Ct)).Dispose();
        Use(slot, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var synchronous = Use(slot, 10_000);

        Assert.Equal((10_000, 0), (synchronous, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    private static int Use(ProviderSlot slot, int times)
    {
        var synchronous = 0;
        for (var time = 0; time < times; time++)
        {
            var acquired = slot.AcquireAsync(CancellationToken.None);
            if (acquired.IsCompletedSuccessfully)
            {
                synchronous++;
                acquired.Result.Dispose();
            }
        }

        return synchronous;
    }

    private ProviderSlot SlotOf(ProviderCreator creator) => new("mine", Options(), With(Metadata("mine"), creator), new ProviderServices(_clock));
}
