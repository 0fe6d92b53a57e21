using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

[Trait("Requirement", "FR-020")]
public sealed class WriteFaultTests : StoreTest
{
    private static readonly TimeSpan Deadline = new RegistryOptions().WriteDeadline;

    [Fact]
    public void WriteDeadline_LeavesAnAnswerWithinOneSecond() => Assert.True(Deadline < TimeSpan.FromSeconds(1));

    [Fact]
    public async Task Put_StoreDown_IsUnavailableAndNotApplied()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Down = true;

        var failure = (await replica.PutAsync("echo", Sample.Provider)).Failure!;

        Assert.Equal(ErrorCodes.RegistryUnavailable, failure.Code);
        Assert.Contains("It is down.", failure.Message, StringComparison.Ordinal);
        Store.Down = false;
        await replica.RefreshAsync();
        Assert.Empty(replica.Current.Providers);
    }

    [Fact]
    public async Task Put_CommitUnavailable_IsUnavailableAndNotServed()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.OnCommit = _ => Answer(CommitOutcome.Unavailable);

        var failure = (await replica.PutAsync("echo", Sample.Provider)).Failure!;

        Assert.Equal(ErrorCodes.RegistryUnavailable, failure.Code);
        Assert.Empty(replica.Current.Providers);
    }

    [Fact]
    public async Task Put_AnswerLost_IsUnknownWithTheStampThatTheLogWillShow()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.OnCommit = async commit =>
        {
            await Store.ApplyAsync(commit);
            return CommitOutcome.Unknown;
        };

        var result = await replica.PutAsync("echo", Sample.Provider);

        Assert.Equal(ErrorCodes.RegistryWriteUnknown, result.Failure!.Code);
        Assert.Empty(replica.Current.Providers);
        await replica.RefreshAsync();
        Assert.Equal(result.Failure.Stamp, replica.Current.Head!.Stamp);
        Assert.Equal(["echo"], replica.Current.Providers.Keys);
    }

    [Fact]
    public async Task Put_CommitThrows_IsUnknownSinceItMayHaveBeenSent()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.OnCommit = _ => throw new InvalidOperationException("a defect");

        var failure = (await replica.PutAsync("echo", Sample.Provider)).Failure!;

        Assert.Equal(ErrorCodes.RegistryWriteUnknown, failure.Code);
        Assert.NotNull(failure.Stamp);
    }

    [Fact]
    public async Task Put_ReadHangs_IsAnsweredAtTheDeadlineAndNeverSent()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var commits = Store.Commits.Count;
        var (asked, hang) = (new TaskCompletionSource(), new TaskCompletionSource());
        Store.BeforeReadHead = () =>
        {
            asked.TrySetResult();
            return hang.Task;
        };

        var put = replica.PutAsync("echo", Sample.Provider);
        await asked.Task;
        Time.Advance(Deadline);
        var result = await put;
        Store.BeforeReadHead = () => Task.CompletedTask;
        hang.SetResult();

        Assert.Equal(ErrorCodes.RegistryUnavailable, result.Failure!.Code);
        await replica.RefreshAsync();
        Assert.Equal(commits, Store.Commits.Count);
        Assert.Empty(replica.Current.Providers);
    }

    [Fact]
    public async Task Put_CommitBlocksItsThread_IsAnsweredAtTheDeadlineAsUnknown()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var release = new ManualResetEventSlim();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.OnCommit = _ =>
        {
            sent.SetResult();
            release.Wait();
            return Answer(null);
        };

        var put = replica.PutAsync("echo", Sample.Provider);
        await sent.Task;
        Time.Advance(Deadline);
        var result = await put;
        release.Set();

        Assert.Equal(ErrorCodes.RegistryWriteUnknown, result.Failure!.Code);
        await WaitUntil.TrueAsync(
            async _ =>
            {
                await replica.RefreshAsync();
                return replica.Current.Head!.Stamp == result.Failure.Stamp;
            },
            "the late write",
            cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Put_CommitHangs_DoesNotKeepTheRefreshFromGoingOn()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var sent = new TaskCompletionSource();
        Store.OnCommit = _ =>
        {
            sent.TrySetResult();
            return new TaskCompletionSource<CommitOutcome?>().Task;
        };
        var put = replica.PutAsync("mine", Sample.Provider);
        await sent.Task;
        Time.Advance(Deadline);
        Assert.Equal(ErrorCodes.RegistryWriteUnknown, (await put).Failure!.Code);
        Store.OnCommit = _ => Answer(null);
        await other.PutAsync("theirs", Sample.Provider);

        await replica.RefreshAsync();

        Assert.Equal(["theirs"], replica.Current.Providers.Keys);
    }

    [Fact]
    public async Task Put_CallerGoesAwayBeforeItIsSent_IsNeverSent()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var caller = new CancellationTokenSource();
        var commits = Store.Commits.Count;
        var (asked, hang) = (new TaskCompletionSource(), new TaskCompletionSource());
        Store.BeforeReadHead = () =>
        {
            asked.TrySetResult();
            return hang.Task;
        };
        var put = replica.Registry.PutProviderAsync("echo", Sample.Provider, Precondition.None, "tester", caller.Token);
        await asked.Task;

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Store.BeforeReadHead = () => Task.CompletedTask;
        hang.SetResult();
        await replica.RefreshAsync();
        Assert.Equal(commits, Store.Commits.Count);
    }

    [Fact]
    public async Task Put_StoreThatBlocks_LeavesTheCallersThreadAlone()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var release = new ManualResetEventSlim();
        Store.BeforeReadHead = () =>
        {
            release.Wait();
            return Task.CompletedTask;
        };

        // Returns, though the store holds on to the thread that calls it.
        var put = replica.PutAsync("echo", Sample.Provider);

        Assert.False(put.IsCompleted);
        release.Set();
        Assert.Null((await put).Failure);
    }

    private static Task<CommitOutcome?> Answer(CommitOutcome? outcome) => Task.FromResult(outcome);
}
