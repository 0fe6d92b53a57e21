using System.Collections.Concurrent;
using ChatModels.Registry.Stores;
using StackExchange.Redis;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisAbandonedCallTests : OwnRedis
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledOrHung_NoExceptionGoesUnobserved(bool hung)
    {
        var unobserved = new ConcurrentQueue<AggregateException>();
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            var store = Open(new StoreDeadlines { Read = TimeSpan.FromSeconds(1) });
            var head = await WarmUpAsync(store);
            await (hung ? Server.PauseAsync() : Server.KillAsync());
            for (var i = 0; i < 3; i++)
            {
                await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadHeadAsync(Cancel));
                await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAllAsync(Cancel));
                await store.CommitAsync(Write(head), Cancel);
            }

            await store.DisposeAsync(); // Ends what was abandoned.
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }

        // The process is shared: what the simulated stores of other tests throw is theirs.
        Assert.DoesNotContain(
            unobserved.SelectMany(e => e.Flatten().InnerExceptions),
            e => e is RedisException or RedisTimeoutException || (e is StoreUnavailableException && e.Message.StartsWith("Redis", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Commit_WhenItsCallerGivesUpMeanwhile_StillTellsTheTruth()
    {
        var store = OpenPatient();
        var head = await WarmUpAsync(store);
        for (var round = 0; round < 30; round++)
        {
            using var impatient = new CancellationTokenSource(TimeSpan.FromMicroseconds(100 * round));
            var commit = Write(head, Model("m", $"{round}"));
            try
            {
                var outcome = await store.CommitAsync(commit, impatient.Token);
                Assert.Equal(CommitOutcome.Committed, outcome);
                head = commit.Next;
            }
            catch (OperationCanceledException)
            {
                // Then it was not sent, and never will be: the next round's condition would fail.
            }

            Assert.Equal(head, await store.ReadHeadAsync(Cancel));
        }
    }
}
