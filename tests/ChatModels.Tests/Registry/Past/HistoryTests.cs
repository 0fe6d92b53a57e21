using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;

namespace ChatModels.Tests.Registry.Past;

public sealed class HistoryTests : StoreTest
{
    [Fact]
    public async Task History_AfterARevision_HasWhoDidWhatWithBothValues()
    {
        using var replica = await WithModelsAsync();
        await replica.PutAsync("echo", Sample.Provider with { Enabled = false });

        var history = await ReadAsync(replica, 2);

        var write = Assert.Single(history.Writes);
        Assert.Equal(replica.Current.Head, history.Head);
        Assert.Equal((3, "put_provider", "tester", Time.GetUtcNow()), (write.Revision, write.Op, write.Actor, write.At));
        Assert.Equal(replica.Current.Head!.Stamp, write.Stamp);
        var change = Assert.Single(write.Changes);
        Assert.Equal(("provider", "echo"), (change.Kind, change.Id));
        Assert.True(change.Old!.Value.GetProperty("enabled").GetBoolean());
        Assert.False(change.New!.Value.GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task History_WithALimit_HasTheFirstAfterARevisionAndElseTheNewest()
    {
        using var replica = await WithModelsAsync();
        for (var i = 0; i < 5; i++)
        {
            await replica.PutAsync($"m{i}", Sample.Model);
        }

        Assert.Equal([3, 4], (await ReadAsync(replica, 2, 2)).Writes.Select(w => w.Revision));
        Assert.Equal([6, 7], (await ReadAsync(replica, null, 2)).Writes.Select(w => w.Revision));
        Assert.Empty((await ReadAsync(replica, 7)).Writes);
    }

    [Fact]
    public async Task History_FurtherThanTheLogReaches_IsGoneAndSaysWhereItBegins()
    {
        using var replica = await WithModelsAsync();
        for (var i = 0; i < 1_005; i++)
        {
            await replica.PutAsync("one", Sample.Model with { ContextWindow = i + 1 });
        }

        var history = await ReadAsync(replica, 2);

        Assert.Equal(ErrorCodes.RevisionGone, history.Failure!.Code);
        Assert.Contains("begins with revision 8.", history.Failure.Message, StringComparison.Ordinal);
        Assert.Null((await ReadAsync(replica, 7)).Failure);
    }

    [Fact]
    public async Task History_OfAStamp_SettlesAWriteWhoseAnswerWasLost()
    {
        using var replica = await WithModelsAsync();
        Store.OnCommit = async commit =>
        {
            await Store.ApplyAsync(commit);
            return CommitOutcome.Unknown;
        };
        var applied = (await replica.PutAsync("applied", Sample.Model)).Failure!.Stamp!;
        Store.OnCommit = _ => Task.FromResult<CommitOutcome?>(CommitOutcome.Unknown);
        var lost = (await replica.PutAsync("lost", Sample.Model)).Failure!.Stamp!;

        var found = await replica.Registry.FindWriteAsync(applied, TestContext.Current.CancellationToken);
        var missing = await replica.Registry.FindWriteAsync(lost, TestContext.Current.CancellationToken);

        Assert.Equal("applied", Assert.Single(Assert.Single(found.Writes).Changes).Id);
        Assert.Empty(missing.Writes);
    }

    [Fact]
    public async Task History_WhileTheStoreIsDown_IsUnavailable()
    {
        using var replica = await WithModelsAsync();
        Store.Down = true;

        Assert.Equal(ErrorCodes.RegistryUnavailable, (await ReadAsync(replica, 1)).Failure!.Code);
    }

    private static Task<RegistryHistory> ReadAsync(TestReplica replica, long? after, int limit = 100) =>
        replica.Registry.ReadHistoryAsync(after, limit, TestContext.Current.CancellationToken);
}
