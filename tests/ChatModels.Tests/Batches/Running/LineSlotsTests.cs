using ChatModels.Batches.Running;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

public sealed class LineSlotsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LineSlots _slots;

    public LineSlotsTests() => _slots = new LineSlots(8, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _slots.Dispose();

    [Fact]
    public async Task ASmallBatch_DoesNotWaitBehindALargeOne()
    {
        Assert.Equal(8, await _slots.AcquireAsync("large", "m", 1000, alone: false, Cancel));
        var large = _slots.AcquireAsync("large", "m", 1000, alone: false, Cancel);
        var small = _slots.AcquireAsync("small", "m", 10, alone: false, Cancel);

        _slots.Release("m", 4, alone: false);

        Assert.Equal((2, 2), (await large, await small));
    }

    [Fact]
    public async Task AModelThatRefuses_IsLeftAlone_AndOthersAreNot()
    {
        Assert.Equal(6, await _slots.AcquireAsync("b", "refusing", 6, alone: false, Cancel));
        var (limit, wait, isNews) = _slots.Refused("refusing", TimeSpan.FromSeconds(3));
        _slots.Release("refusing", 6, alone: false);
        Assert.Equal((3d, TimeSpan.FromSeconds(3), true), (limit, wait, isNews));
        Assert.False(_slots.Refused("refusing", TimeSpan.FromSeconds(3)).IsNews);

        var refusing = _slots.AcquireAsync("b", "refusing", 8, alone: false, Cancel);
        Assert.Equal(4, await _slots.AcquireAsync("b", "other", 4, alone: false, Cancel));
        Assert.False(refusing.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal(3, await refusing);
    }

    [Fact]
    public async Task ManyRefusalsAtOnce_AreOneReasonToSlowDown()
    {
        await _slots.AcquireAsync("b", "m", 8, alone: false, Cancel);
        Assert.Equal([4d, 4d, 4d], Enumerable.Range(0, 3).Select(_ => _slots.Refused("m", null).Limit));

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _slots.Refused("m", null).Limit);
    }

    [Fact]
    public async Task TheFleet_SharesOneLimit_AndRaisesItStepByStep()
    {
        await _slots.AcquireAsync("b", "m", 8, alone: false, Cancel);
        _slots.Refused("m", TimeSpan.FromSeconds(1));
        var told = _slots.Share("m", null, workers: 2);
        Assert.StartsWith("8:", told, StringComparison.Ordinal);

        using var other = new LineSlots(8, _time);
        Assert.StartsWith("8:", other.Share("m", told, workers: 2), StringComparison.Ordinal);
        Assert.Equal(["m"], other.Limited());

        _time.Advance(TimeSpan.FromSeconds(2));
        var raised = other.Share("m", told, workers: 2);
        Assert.StartsWith("10.25:", raised, StringComparison.Ordinal);
        for (var turn = 0; turn < 5 && raised is not null; turn++)
        {
            raised = other.Share("m", raised, workers: 2);
        }

        Assert.Null(raised);
        Assert.Empty(other.Limited());
    }

    [Fact]
    public async Task LinesWithWhichWorkersWereLost_GoOneAtATime()
    {
        Assert.Equal(1, await _slots.AcquireAsync("b", "m", 1, alone: true, Cancel));
        var next = _slots.AcquireAsync("c", "m", 1, alone: true, Cancel);
        Assert.Equal(2, await _slots.AcquireAsync("d", "m", 2, alone: false, Cancel));
        Assert.False(next.IsCompleted);

        _slots.Release("m", 1, alone: true);

        Assert.Equal(1, await next);
    }

    [Fact]
    public async Task AWaiterThatGivesUp_TakesNothing()
    {
        await _slots.AcquireAsync("b", "m", 8, alone: false, Cancel);
        using var impatient = new CancellationTokenSource();
        var waiting = _slots.AcquireAsync("b", "m", 8, alone: false, impatient.Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _slots.Release("m", 8, alone: false);

        Assert.Equal(8, await _slots.AcquireAsync("b", "m", 8, alone: false, Cancel));
    }
}
