using ChatModels.Chat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public class ReplyWaitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource<ChatReply> _routing = new();

    [Fact]
    public async Task ForAsync_AReplyInTime_IsTaken()
    {
        var wait = ReplyWait.For(new(_routing.Task), _time);
        var waiting = wait.ForAsync(Limit).AsTask();
        _time.Advance(Limit / 2);
        Assert.False(waiting.IsCompleted);

        await using var reply = Reply();
        _routing.SetResult(reply);

        Assert.True(await waiting);
        Assert.Same(reply, wait.Take());
    }

    [Fact]
    public async Task ForAsync_AReplyThatIsLate_IsTakenWhenItComes()
    {
        var wait = ReplyWait.For(new(_routing.Task), _time);
        var waiting = wait.ForAsync(Limit).AsTask();
        _time.Advance(Limit);
        Assert.False(await waiting);

        var taking = wait.TakeAsync();
        _time.Advance(Limit);
        Assert.False(taking.IsCompleted);
        await using var reply = Reply();
        _routing.SetResult(reply);

        Assert.Same(reply, await taking);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARoutingThatIsCancelled_IsSo(bool late)
    {
        var wait = ReplyWait.For(new(_routing.Task), _time);
        var waiting = wait.ForAsync(Limit).AsTask();
        if (late)
        {
            _time.Advance(Limit);
        }

        _routing.SetCanceled(TestContext.Current.CancellationToken);

        Assert.Equal(!late, await waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => _ = late ? await wait.TakeAsync() : wait.Take());
    }

    [Fact]
    public async Task ManyWaits_OneAfterTheOtherAndAtOnce_EachHaveTheirOwnReply()
    {
        // By the system's clock, since only those waits are used again. Some replies come about when the wait for them ends.
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 300; i++)
                {
                    var routing = new TaskCompletionSource<ChatReply>(TaskCreationOptions.RunContinuationsAsynchronously);
                    await using var expected = Reply();
                    var wait = ReplyWait.For(new(routing.Task), TimeProvider.System);
                    var waiting = wait.ForAsync(TimeSpan.FromMilliseconds(1));
                    var answering = AnswerAsync(routing, expected, afterMilliseconds: i % 4);
                    var reply = await waiting ? wait.Take() : await wait.TakeAsync();
                    Assert.Same(expected, reply);
                    await answering;
                }
            },
            TestContext.Current.CancellationToken)));

        static async Task AnswerAsync(TaskCompletionSource<ChatReply> routing, ChatReply reply, int afterMilliseconds)
        {
            await Task.Delay(afterMilliseconds, TestContext.Current.CancellationToken);
            routing.SetResult(reply);
        }
    }

    private static FailedReply Reply() => new(new ChatFailure(ErrorCodes.UpstreamError, 502, "Failed."), default) { Route = new ChatRoute(1, 1, null) };
}
