using System.Diagnostics;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisOutageTests : OwnRedis
{
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Killed_ReadsFailWithinTheirDeadlineAndSayWhy()
    {
        var store = Open();
        await WarmUpAsync(store);
        await Server.KillAsync();

        foreach (var (read, deadline) in Reads(store))
        {
            var started = Stopwatch.GetTimestamp();
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(read);
            Assert.True(Stopwatch.GetElapsedTime(started) < deadline + Slack, $"It took {Stopwatch.GetElapsedTime(started)} to say: {failure.Message}");
            Assert.StartsWith("Redis ", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain($"{Server.Port}", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Killed_ACommitIsUnavailableWithinASecondAndNeverApplied()
    {
        var store = Open();
        var head = await WarmUpAsync(store);
        await Server.KillAsync();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(CommitOutcome.Unavailable, await TimedCommitAsync(store, Write(head, Model("m", "lost"))));
        }

        await Server.RestartAsync(cancellationToken: Cancel);
        var next = await CommitWhenBackAsync(store, head);
        Assert.Equal("Model m=back", (await store.DumpAsync()).Entities);
        Assert.Equal(head.Revision + 1, next.Revision);
    }

    [Fact]
    public async Task Hung_ReadsFailWithinTheirDeadline()
    {
        var store = Open();
        await WarmUpAsync(store);
        await Server.PauseAsync();

        foreach (var (read, deadline) in Reads(store))
        {
            var started = Stopwatch.GetTimestamp();
            var reading = read();
            var handed = Stopwatch.GetElapsedTime(started);
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => reading);

            Assert.True(handed < TimeSpan.FromMilliseconds(50), $"The caller was held for {handed}: {failure.Message}");
            Assert.True(Stopwatch.GetElapsedTime(started) < deadline + Slack, $"It took {Stopwatch.GetElapsedTime(started)} to say: {failure.Message}");
        }
    }

    [Fact]
    public async Task Hung_ACommitAnswersWithinASecondAndHoldsNobody()
    {
        var store = Open();
        var head = await WarmUpAsync(store);
        await Server.PauseAsync();

        var outcomes = new List<CommitOutcome>();
        for (var i = 0; i < 4; i++)
        {
            outcomes.Add(await TimedCommitAsync(store, Write(head, Model("m", "hung"))));
        }

        // The server was hung before each began, so that each ended at its first question.
        Assert.All(outcomes, outcome => Assert.Equal(CommitOutcome.Unavailable, outcome));
        await Server.ResumeAsync();
        await CommitWhenBackAsync(store, head);
        Assert.Equal("Model m=back", (await store.DumpAsync()).Entities);
    }

    [Fact]
    public async Task Hung_InTheMiddleOfCommits_WhatEachWasToldIsTrue()
    {
        var store = Open();
        var head = await WarmUpAsync(store);
        var random = new Random(7);
        var told = new Dictionary<CommitOutcome, List<RegistryHead>>
        {
            [CommitOutcome.Committed] = [], [CommitOutcome.Lost] = [], [CommitOutcome.Unavailable] = [], [CommitOutcome.Unknown] = [],
        };
        for (var round = 0; round < 6; round++)
        {
            using var hanging = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                while (!hanging.IsCancellationRequested)
                {
                    var commit = Write(head, Model("m", "x"));
                    var outcome = await TimedCommitAsync(store, commit);
                    told[outcome].Add(commit.Next);
                    if (outcome is not CommitOutcome.Committed)
                    {
                        return;
                    }

                    head = commit.Next;
                }
            }, Cancel);
            var before = head.Revision + random.Next(1, 40);
            await WaitUntil.TrueAsync(() => Volatile.Read(ref head).Revision >= before, "some commits", cancellationToken: Cancel);
            await Server.PauseAsync();
            await writing;
            await Server.ResumeAsync();
            await WaitUntil.TrueAsync(async _ => (head = (await store.ReadHeadAsync(Cancel))!) is not null, "the server", cancellationToken: Cancel);
            head = await CommitWhenBackAsync(store, head);
            told[CommitOutcome.Committed].Add(head);
        }

        var log = (await store.ReadLogAsync(2, Cancel))!.Entries.Select(Text).ToHashSet();
        Assert.All(told[CommitOutcome.Committed], acknowledged => Assert.Contains($"{acknowledged}", log));
        Assert.All(told[CommitOutcome.Unavailable].Concat(told[CommitOutcome.Lost]), refused => Assert.DoesNotContain($"{refused}", log));
        Assert.Subset(told.Values.SelectMany(heads => heads).Select(h => $"{h}").ToHashSet(), log);
    }

    [Fact]
    public async Task Commit_WhenItsCallerGivesUpMeanwhile_StillTellsTheTruth()
    {
        var store = Open();
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

    private static IEnumerable<(Func<Task> Read, TimeSpan Deadline)> Reads(RedisRegistryStore store) =>
    [
        (() => store.ReadHeadAsync(Cancel), StoreDeadlines.Default.Head),
        (() => store.AnnounceAsync("id", Bytes("x"), TimeSpan.FromMinutes(1), Cancel), StoreDeadlines.Default.Head),
        (() => store.WithdrawAsync("id", Cancel), StoreDeadlines.Default.Head),
        (() => store.ReadAnnouncementsAsync(Cancel), StoreDeadlines.Default.Head),
        (() => store.ReadLogAsync(0, Cancel), StoreDeadlines.Default.Read),
        (() => store.ReadAllAsync(Cancel), StoreDeadlines.Default.Read),
    ];

    private static async Task<CommitOutcome> TimedCommitAsync(RedisRegistryStore store, StoreCommit commit)
    {
        var started = Stopwatch.GetTimestamp();
        var committing = store.CommitAsync(commit, Cancel);
        var handed = Stopwatch.GetElapsedTime(started);
        var outcome = await committing;
        Assert.True(handed < TimeSpan.FromMilliseconds(50), $"The caller was held for {handed}.");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1), $"{outcome} after {Stopwatch.GetElapsedTime(started)}.");
        return outcome;
    }

    private static async Task<RegistryHead> CommitWhenBackAsync(RedisRegistryStore store, RegistryHead head)
    {
        var commit = Write(head, Model("m", "back"));
        await WaitUntil.TrueAsync(async _ => await store.CommitAsync(commit, Cancel) switch
        {
            CommitOutcome.Committed => true,
            CommitOutcome.Unavailable => false,
            var outcome => await store.ReadHeadAsync(Cancel) == commit.Next ? true : throw new InvalidOperationException($"{outcome}"),
        }, "a commit after the server's return", cancellationToken: Cancel);
        await WaitUntil.TrueAsync(async _ => await store.ReadHeadAsync(Cancel) == commit.Next, "a read after the server's return", cancellationToken: Cancel);
        return commit.Next;
    }
}
