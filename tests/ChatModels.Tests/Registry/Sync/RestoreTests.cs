using System.Text;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

/// <summary>A store that has lost its registry gets it back from a process that holds it.</summary>
public sealed class RestoreTests : StoreTest
{
    [Fact]
    public async Task Refresh_StoreWiped_RestoresAfterTwoSecondsOfTheSameHistory()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
        await replica.PutAsync("two", Sample.Model);
        var held = replica.Current;
        Store.Wipe();
        await replica.RefreshAsync();
        Assert.Equal(RegistryState.Stale, replica.Registry.Status.State);
        Assert.Null(await Store.ReadHeadAsync(TestContext.Current.CancellationToken));

        Time.Advance(TimeSpan.FromSeconds(2));
        await replica.RefreshAsync();

        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
        Assert.Equal((held.Head!.Epoch, held.Head.Revision + 1), (replica.Current.Head!.Epoch, replica.Current.Head.Revision));
        using var fresh = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        Assert.Equal(
            held.Models.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => (m.Id, m.Tag)),
            fresh.Current.Models.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => (m.Id, m.Tag)));
    }

    [Fact]
    public async Task Refresh_StoreRestoredByAnother_FollowsAsIfNothingHadHappened()
    {
        using var first = await TestReplica.LoadedAsync(Store, Time, seed: Sample.Seed());
        using var second = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var model = second.Current.Models["one"];
        Store.Wipe();
        await first.RefreshAsync();
        await second.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await first.RefreshAsync();

        await second.RefreshAsync();

        Assert.Equal(RegistryState.Live, second.Registry.Status.State);
        Assert.Equal(first.Current.Head, second.Current.Head);
        Assert.Same(model, second.Current.Models["one"]);
    }

    [Fact]
    public async Task Refresh_StoreThatWasWiped_WarnsOfTheRestore()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await replica.RefreshAsync();

        var line = Assert.Single(replica.Logs.GetSnapshot(), r => r.Message.StartsWith("The store had lost the registry", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Fact]
    public async Task Restore_KeepsWhatThisProcessCouldNotRead()
    {
        var newer = """{"version":2,"revision":2,"stamp":"n","value":{"type":"echo","quantum":true}}""";
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await Store.ApplyAsync(StoreWriting.Opaque(replica.Current.Head, "n", StoreWriting.Entity(EntityKind.Provider, "newer", newer)));
        await replica.RefreshAsync();
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(2));

        await replica.RefreshAsync();

        var image = await Store.ReadAllAsync(TestContext.Current.CancellationToken);
        Assert.Equal(newer, Encoding.UTF8.GetString(Assert.Single(image!.Entities).Json!.Value.Span));
    }

    [Fact]
    public async Task Refresh_HeadIsBackBeforeTheTime_NothingIsRestored()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var commits = Store.Commits.ToArray();
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(1.9));
        await Store.ApplyAsync(commits[0]);
        await replica.RefreshAsync();
        Store.Wipe();
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(1.9));

        await replica.RefreshAsync();

        Assert.Equal(commits.Length, Store.Commits.Count);
    }

    [Fact]
    public async Task Put_WhileTheStoreIsWiped_IsRefusedAsNotApplied()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Wipe();

        var result = await replica.PutAsync("echo", Sample.Provider);

        Assert.Equal(ErrorCodes.RegistryUnavailable, result.Failure!.Code);
        Assert.Contains("being restored", result.Failure.Message, StringComparison.Ordinal);
    }
}
