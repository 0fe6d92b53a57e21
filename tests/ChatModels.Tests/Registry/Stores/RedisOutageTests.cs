using System.Collections.Concurrent;
using System.Diagnostics;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisOutageTests : OwnRedis
{
    private static readonly StoreDeadlines Brief = new() { Read = TimeSpan.FromSeconds(1) };
    private readonly ConcurrentQueue<(TimeSpan Handed, TimeSpan Answered)> _commits = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledOrHung_ReadsFailWithinTheirDeadlineAndHoldNobody(bool hung)
    {
        var store = Open(Brief);
        await WarmUpAsync(store);
        await (hung ? Server.PauseAsync() : Server.KillAsync());

        await FailsInTimeAsync(() => store.ReadHeadAsync(Cancel), Brief.Head);
        await FailsInTimeAsync(() => store.AnnounceAsync("id", Bytes("x"), TimeSpan.FromMinutes(1), Cancel), Brief.Head);
        await FailsInTimeAsync(() => store.WithdrawAsync("id", Cancel), Brief.Head);
        await FailsInTimeAsync(() => store.ReadAnnouncementsAsync(Cancel), Brief.Head);
        await FailsInTimeAsync(() => store.ReadLogAsync(0, Cancel), Brief.Read);
        await FailsInTimeAsync(() => store.ReadAllAsync(Cancel), Brief.Read);
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

        AssertSwift();
        await Server.RestartAsync(cancellationToken: Cancel);
        var next = await CommitWhenBackAsync(store, head);
        Assert.Equal("Model m=back", (await OpenPatient().DumpAsync()).Entities);
        Assert.Equal(head.Revision + 1, next.Revision);
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
        AssertSwift();
        await Server.ResumeAsync();
        await CommitWhenBackAsync(store, head);
        Assert.Equal("Model m=back", (await OpenPatient().DumpAsync()).Entities);
    }

    [Fact]
    public async Task Hung_InTheMiddleOfCommits_WhatEachWasToldIsTrue()
    {
        var store = Open();
        var head = await WarmUpAsync(store);
        var random = new Random(7);
        var told = new Dictionary<CommitOutcome, List<RegistryHead>>
        {
            [CommitOutcome.Committed] = [],
            [CommitOutcome.Lost] = [],
            [CommitOutcome.Unavailable] = [],
            [CommitOutcome.Unknown] = [],
        };
        for (var round = 0; round < 6; round++)
        {
            var writing = Task.Run(async () =>
            {
                CommitOutcome outcome;
                do
                {
                    var commit = Write(head, Model("m", "x"));
                    outcome = await TimedCommitAsync(store, commit);
                    told[outcome].Add(commit.Next);
                    head = outcome is CommitOutcome.Committed ? commit.Next : head;
                }
                while (outcome is CommitOutcome.Committed);
            }, Cancel);
            var before = head.Revision + random.Next(1, 40);
            await WaitUntil.TrueAsync(() => writing.IsCompleted || Volatile.Read(ref head).Revision >= before, "some commits", cancellationToken: Cancel);
            await Server.PauseAsync();
            await writing;
            await Server.ResumeAsync();
            await WaitUntil.TrueAsync(async _ => (head = (await store.ReadHeadAsync(Cancel))!) is not null, "the server", cancellationToken: Cancel);
            head = await CommitWhenBackAsync(store, head);
            told[CommitOutcome.Committed].Add(head);
        }

        AssertSwift();
        var log = (await OpenPatient().ReadLogAsync(2, Cancel))!.Entries.Select(Text).ToHashSet();
        Assert.All(told[CommitOutcome.Committed], acknowledged => Assert.Contains($"{acknowledged}", log));
        Assert.All(told[CommitOutcome.Unavailable].Concat(told[CommitOutcome.Lost]), refused => Assert.DoesNotContain($"{refused}", log));
        Assert.Subset(told.Values.SelectMany(heads => heads).Select(h => $"{h}").ToHashSet(), log);
    }

    // On a busy machine a thread may wait long for its turn; what counts is that the store can answer in time. One that can't never does.
    private static async Task FailsInTimeAsync(Func<Task> read, TimeSpan deadline)
    {
        (TimeSpan Handed, TimeSpan Answered) best = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        var limit = deadline + TimeSpan.FromMilliseconds(200);
        for (var attempt = 0; attempt < 4 && (best.Handed > TimeSpan.FromMilliseconds(50) || best.Answered > limit); attempt++)
        {
            var started = Stopwatch.GetTimestamp();
            var reading = read();
            var handed = Stopwatch.GetElapsedTime(started);
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => reading);
            best = (Min(best.Handed, handed), Min(best.Answered, Stopwatch.GetElapsedTime(started)));
            Assert.StartsWith("Redis ", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", failure.Message, StringComparison.Ordinal);
        }

        Assert.InRange(best.Handed, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        Assert.InRange(best.Answered, TimeSpan.Zero, limit);
    }

    private async Task<CommitOutcome> TimedCommitAsync(RedisRegistryStore store, StoreCommit commit)
    {
        var started = Stopwatch.GetTimestamp();
        var committing = store.CommitAsync(commit, Cancel);
        var handed = Stopwatch.GetElapsedTime(started);
        var outcome = await committing;
        _commits.Enqueue((handed, Stopwatch.GetElapsedTime(started)));
        return outcome;
    }

    private void AssertSwift()
    {
        Assert.InRange(_commits.Min(c => c.Handed), TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        Assert.InRange(_commits.Min(c => c.Answered), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(_commits.Max(c => c.Answered), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

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
