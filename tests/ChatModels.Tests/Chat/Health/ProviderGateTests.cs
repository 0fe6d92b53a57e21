using ChatModels.Chat;
using ChatModels.Chat.Health;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Chat.Health;

public sealed class ProviderGateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AsManyAsTheLimit_AreInside_AndTheOthersFollowInTheirOrder()
    {
        var gate = Gate(limit: 2);
        Assert.True(await Enter(gate));
        Assert.True(await Enter(gate));
        var third = Enter(gate);
        var fourth = Enter(gate);
        Assert.Equal((false, false, true, 2), (third.IsCompleted, fourth.IsCompleted, gate.IsBusy, gate.Waiting));

        gate.Leave();

        Assert.True(await third);
        Assert.False(fourth.IsCompleted);
        gate.Leave();
        Assert.True(await fourth);
        Assert.Equal((2, 0), (gate.Inside, gate.Waiting));
    }

    [Fact]
    public async Task Batches_WaitUntilNoInteractiveRequestDoes()
    {
        var gate = Gate(limit: 1);
        await Enter(gate);
        var batch = Enter(gate, ChatPriority.Batch);
        var interactive = Enter(gate);

        gate.Leave();
        Assert.True(await interactive);
        Assert.False(batch.IsCompleted);
        gate.Leave();

        Assert.True(await batch);
    }

    [Fact]
    public async Task AFullQueue_RefusesAtOnce_ButNotTheOtherKindOfRequest()
    {
        var gate = Gate(limit: 1, queue: 1);
        await Enter(gate);
        var waiting = Enter(gate, ChatPriority.Batch);

        Assert.False(await Enter(gate, ChatPriority.Batch));
        var interactive = Enter(gate);

        Assert.Equal((false, false), (waiting.IsCompleted, interactive.IsCompleted));
    }

    [Fact]
    public async Task ACallerWhoGoesAway_LeavesTheQueueAtOnce()
    {
        var gate = Gate(limit: 1, queue: 1);
        await Enter(gate);
        using var caller = new CancellationTokenSource();
        var waiting = gate.EnterAsync(ChatPriority.Interactive, Patience, caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((1, 0), (gate.Inside, gate.Waiting));
        var next = Enter(gate);
        gate.Leave();
        Assert.True(await next);
    }

    [Fact]
    public async Task AWaitThatTakesTooLong_IsARefusal()
    {
        var gate = Gate(limit: 1);
        await Enter(gate);
        var waiting = Enter(gate);

        _clock.Advance(Patience);

        Assert.False(await waiting);
        Assert.Equal((1, 0), (gate.Inside, gate.Waiting));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(null)]
    public async Task AHigherLimit_LetsThoseWaitingInAtOnce(int? limit)
    {
        var gate = Gate(limit: 1);
        await Enter(gate);
        var waiting = new[] { Enter(gate), Enter(gate) };

        gate.Follow(limit);

        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.Equal(3, gate.Inside);
    }

    [Fact]
    public async Task ALowerLimit_HoldsForThoseWhoCome()
    {
        var gate = Gate(limit: 2);
        await Enter(gate);
        await Enter(gate);
        gate.Follow(1);
        var waiting = Enter(gate);

        gate.Leave();
        Assert.False(waiting.IsCompleted);
        gate.Leave();

        Assert.True(await waiting);
    }

    [Fact]
    public async Task UnderAnyMixture_TheLimitHolds_AndNobodyIsForgotten()
    {
        var gate = Gate(limit: 3, queue: 1_000);
        var inside = 0;
        var most = 0;
        var served = 0;

        await Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancelled }, async (i, cancelled) =>
        {
            using var caller = new CancellationTokenSource();
            var entering = gate.EnterAsync(i % 2 == 0 ? ChatPriority.Interactive : ChatPriority.Batch, Patience, caller.Token);
            if (i % 5 == 0)
            {
                await caller.CancelAsync();
            }

            try
            {
                Assert.True(await entering);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref served);
            gate.Leave();
        });

        Assert.Equal((0, 0), (gate.Inside, gate.Waiting));
        Assert.InRange(most, 1, 3);
        Assert.InRange(served, 1_600, 2_000);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private static Task<bool> Enter(ProviderGate gate, ChatPriority priority = ChatPriority.Interactive) => gate.EnterAsync(priority, Patience, Cancelled).AsTask();

    private ProviderGate Gate(int limit, int queue = 10)
    {
        var gate = new ProviderGate(queue, _clock);
        gate.Follow(limit);
        return gate;
    }
}
