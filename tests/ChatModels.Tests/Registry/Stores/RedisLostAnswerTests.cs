using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisLostAnswerTests : OwnRedis
{
    private RedisRegistryStore Truth => field ??= OpenPatient();

    [Fact]
    public async Task Commit_WhoseAnswerIsLost_IsFoundInTheStore()
    {
        var tap = Own(new WireTap(Server.Port));
        var store = await OpenThroughAsync(tap);
        var head = await WarmUpAsync(store);
        tap.DropNextAnswer();
        var commit = Write(head, Model("m", "3"));

        var outcome = await store.CommitAsync(commit, Cancel);

        Assert.True(tap.Caught.IsCompleted);
        Assert.Equal((CommitOutcome.Committed, commit.Next), (outcome, await Truth.ReadHeadAsync(Cancel)));
    }

    [Fact]
    public async Task Commit_WhoseAnswerIsLostAndWhichOthersHaveBuiltOn_IsFoundInTheLog()
    {
        var tap = Own(new WireTap(Server.Port));
        var store = await OpenThroughAsync(tap);
        var head = await WarmUpAsync(store);
        tap.DropNextAnswer();
        var commit = Write(head, Model("m", "3"));

        var committing = store.CommitAsync(commit, Cancel);
        await Truth.CommittedAsync(await HeadAfterAsync(head), Model("m", "4"));

        Assert.Equal(CommitOutcome.Committed, await committing);
    }

    [Fact]
    public async Task Commit_ThatIsUnderWayWhenTimeIsUp_IsUnknownAndMayStillBeApplied()
    {
        var tap = Own(new WireTap(Server.Port));
        var store = await OpenThroughAsync(tap);
        var head = await WarmUpAsync(store);
        tap.HoldNextWrite();
        var commit = Write(head, Model("m", "3"));

        var outcome = await store.CommitAsync(commit, Cancel);

        Assert.True(tap.Caught.IsCompleted);
        Assert.Equal((CommitOutcome.Unknown, head), (outcome, await Truth.ReadHeadAsync(Cancel)));
        tap.Release();
        await WaitUntil.TrueAsync(async _ => await Truth.ReadHeadAsync(Cancel) == commit.Next, "the late write", cancellationToken: Cancel);
    }

    [Fact]
    public async Task Commit_ThatIsUnderWayWhenAnotherWins_IsLostForGood()
    {
        var tap = Own(new WireTap(Server.Port));
        var store = await OpenThroughAsync(tap);
        var head = await WarmUpAsync(store);
        tap.HoldNextWrite();

        var committing = store.CommitAsync(Write(head, Model("m", "mine")), Cancel);
        await tap.Caught;
        var winner = await Truth.CommittedAsync(head, Model("m", "another's"));
        var outcome = await committing;
        tap.Release();
        await store.CommittedAsync(winner, Provider("p", "later")); // Behind the late transaction, or after its connection has ended.

        Assert.Equal(CommitOutcome.Lost, outcome);
        Assert.Equal("Model m=another's Provider p=later", (await Truth.DumpAsync()).Entities);
    }

    [Fact]
    public async Task Commit_WhileAnotherWaitsForItsAnswer_IsUnavailableAndNotSent()
    {
        var tap = Own(new WireTap(Server.Port));
        var store = await OpenThroughAsync(tap);
        var head = await WarmUpAsync(store);
        tap.HoldNextWrite();
        var first = Write(head, Model("m", "first"));

        var committing = store.CommitAsync(first, Cancel);
        await tap.Caught;
        var second = await store.CommitAsync(Write(head, Model("m", "second")), Cancel);

        Assert.Equal((CommitOutcome.Unknown, CommitOutcome.Unavailable), (await committing, second));
        tap.Release();
        await WaitUntil.TrueAsync(async _ => await Truth.ReadHeadAsync(Cancel) == first.Next, "the late write", cancellationToken: Cancel);
    }

    [Fact]
    public void Judge_SaysOnlyWhatTheStoreProves()
    {
        var before = new RegistryHead("e", 7, "s7");
        var commit = Write(before, new RegistryHead("e", 8, "mine"));
        (RegistryHead? Head, string[] Stamps, CommitOutcome? Proved)[] cases =
        [
            (commit.Next, ["mine"], CommitOutcome.Committed),
            (commit.Next, [], CommitOutcome.Committed),
            (before, [], null),
            (new("e", 8, "other"), ["other"], CommitOutcome.Lost),
            (new("e", 9, "s9"), ["mine"], CommitOutcome.Committed),
            (new("e", 9, "s9"), ["other"], CommitOutcome.Lost),
            (new("e", 2000, "s"), [], null),
            (new("e", 6, "s6"), [], null),
            (new("other", 3, "s"), [], null),
            (null, [], null),
        ];

        Assert.Equal(cases.Select(c => c.Proved), cases.Select(c => WriteSettlement.Judge(commit, new WriteTrace(c.Head, c.Stamps))));
        Assert.Null(WriteSettlement.Judge(commit with { Expected = null }, new WriteTrace(null, [])));
    }

    private async Task<RegistryHead> HeadAfterAsync(RegistryHead head)
    {
        var seen = head;
        await WaitUntil.TrueAsync(async _ => (seen = await Truth.ReadHeadAsync(Cancel)) != head, "the next head", cancellationToken: Cancel);
        return seen!;
    }
}
