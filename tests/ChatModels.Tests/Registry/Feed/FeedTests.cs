using ChatModels.Registry.Feed;
using ChatModels.Registry.Stores;
using Xunit;

namespace ChatModels.Tests.Registry.Feed;

public sealed class FeedTests : StoreTest
{
    [Fact]
    public async Task Watch_WithoutAHead_BeginsWithTheWholeSnapshotAndGoesOnWithChanges()
    {
        using var replica = await WithModelsAsync("one");
        using var watcher = await FeedOf(replica).WatchAsync(null, TestContext.Current.CancellationToken);

        Assert.Same(replica.Current, watcher.Next()!.Whole);
        Assert.Null(watcher.Next());
        await replica.PutAsync("two", Sample.Model);
        await replica.PutAsync("more", Sample.Provider);
        await replica.DeleteModelAsync("one");

        var step = Assert.Single(watcher.Next()!.Steps);
        Assert.Equal(replica.Current.Head, step.To);
        Assert.Equal(("more", "two", "one"), (step.Providers.Changed.Single(), step.Models.Changed.Single(), step.Models.Deleted.Single()));
        Assert.Null(watcher.Next());
    }

    [Fact]
    public async Task Watch_FromTheHeadItself_HasNothingToTell()
    {
        using var replica = await WithModelsAsync("one");
        using var watcher = await FeedOf(replica).WatchAsync(replica.Current.Head, TestContext.Current.CancellationToken);

        Assert.Null(watcher.Next());
    }

    [Fact]
    public async Task Watch_FromAHeadThatTheLogKnows_ResumesThere()
    {
        using var replica = await WithModelsAsync("one");
        var since = replica.Current.Head!;
        await replica.PutAsync("two", Sample.Model);
        await replica.PutAsync("one", Sample.Model with { Enabled = false });
        await replica.DeleteModelAsync("two");
        using var watcher = await FeedOf(replica).WatchAsync(since, TestContext.Current.CancellationToken);

        var step = Assert.Single(watcher.Next()!.Steps);

        Assert.Equal((since, replica.Current.Head), (step.From, step.To));
        Assert.Equal(("one", "two"), (step.Models.Changed.Single(), step.Models.Deleted.Single()));
        await replica.PutAsync("three", Sample.Model);
        Assert.Equal(["three"], Assert.Single(watcher.Next()!.Steps).Models.Changed);
    }

    [Fact]
    public async Task Watch_FromAnotherHistory_BeginsWithTheWholeSnapshot()
    {
        using var replica = await WithModelsAsync("one");
        var head = replica.Current.Head!;
        foreach (var other in new[] { head with { Epoch = "x" }, head with { Stamp = "x" }, head with { Revision = head.Revision + 5 }, head with { Revision = 1, Stamp = "x" } })
        {
            using var watcher = await FeedOf(replica).WatchAsync(other, TestContext.Current.CancellationToken);

            Assert.Same(replica.Current, watcher.Next()!.Whole);
        }
    }

    [Fact]
    public async Task Watch_FromARevisionThatTheLogHasForgotten_BeginsWithTheWholeSnapshotOnce()
    {
        using var replica = await WithModelsAsync("one");
        var since = replica.Current.Head!;
        for (var i = 0; i <= LogBound.MaxEntries; i++)
        {
            await replica.PutAsync("one", Sample.Model with { ContextWindow = i + 1 });
        }

        using var watcher = await FeedOf(replica).WatchAsync(since, TestContext.Current.CancellationToken);

        Assert.Same(replica.Current, watcher.Next()!.Whole);
        Assert.Null(watcher.Next());
    }

    [Fact]
    public async Task Watch_FromAnOldHeadWhileTheStoreIsDown_BeginsWithTheWholeSnapshot()
    {
        using var replica = await WithModelsAsync("one");
        var since = replica.Current.Head!;
        await replica.PutAsync("two", Sample.Model);
        Store.Down = true;
        using var watcher = await FeedOf(replica).WatchAsync(since, TestContext.Current.CancellationToken);

        Assert.Same(replica.Current, watcher.Next()!.Whole);
    }

    [Fact]
    public async Task Watch_WhoFallsBehindTheFeed_StartsOverWithTheWholeSnapshot()
    {
        using var replica = await WithModelsAsync("one");
        var feed = FeedOf(replica);
        using var slow = await feed.WatchAsync(replica.Current.Head, TestContext.Current.CancellationToken);
        using var quick = await feed.WatchAsync(replica.Current.Head, TestContext.Current.CancellationToken);
        for (var i = 0; i < 300; i++)
        {
            await replica.PutAsync("one", Sample.Model with { ContextWindow = i + 1 });
            Assert.Equal(["one"], Assert.Single(quick.Next()!.Steps).Models.Changed);
        }

        Assert.Same(replica.Current, slow.Next()!.Whole);
        Assert.Null(slow.Next());
    }

    [Fact]
    public async Task Watch_AfterAnAccept_StartsOver()
    {
        using var replica = await WithModelsAsync("one");
        await replica.PutAsync("two", Sample.Model);
        using var watcher = await FeedOf(replica).WatchAsync(replica.Current.Head, TestContext.Current.CancellationToken);
        await Store.FallBackToAsync(commits: 2);
        await replica.RefreshAsync();
        await replica.Registry.AcceptAsync(dryRun: false, TestContext.Current.CancellationToken);

        Assert.Same(replica.Current, watcher.Next()!.Whole);
    }

    [Fact]
    public async Task Wait_EndsWithAChangeAndElseAtItsTime()
    {
        using var replica = await WithModelsAsync("one");
        using var watcher = await FeedOf(replica).WatchAsync(replica.Current.Head, TestContext.Current.CancellationToken);
        var silent = watcher.WaitAsync(TimeSpan.FromSeconds(15), Time, TestContext.Current.CancellationToken);
        Assert.False(silent.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(15));
        Assert.False(await silent);

        var changed = watcher.WaitAsync(TimeSpan.FromSeconds(15), Time, TestContext.Current.CancellationToken);
        await replica.PutAsync("two", Sample.Model);

        Assert.True(await changed);
    }

    private static RegistryFeed FeedOf(TestReplica replica) => new(replica.State, new LogFeed(replica.Synchronizer));
}
