using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Replicas;

public sealed class ReplicaTests : StoreTest
{
    [Fact]
    public async Task List_AfterAnnouncements_ShowsEveryProcessOrderedByRoleAndId()
    {
        using var worker = await TestReplica.LoadedAsync(Store, Time, Options("worker"));
        using var api1 = await TestReplica.LoadedAsync(Store, Time, Options("api"), chance: 2);
        using var api2 = await TestReplica.LoadedAsync(Store, Time, Options("api"), chance: 3);
        foreach (var replica in new[] { worker, api2, api1 })
        {
            Assert.True(await replica.Directory.TryAnnounceAsync(TestContext.Current.CancellationToken));
        }

        var list = await ListAsync(api1);

        Assert.Equal(["api", "api", "worker"], list.Select(r => r.Role));
        Assert.Equal(list.OrderBy(r => r.Role, StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal), list);
        Assert.Equal(3, list.Select(r => r.Id).Distinct().Count());
        Assert.All(list, r => Assert.Equal((RegistryState.Live, 1L, Environment.MachineName), (r.State, r.Revision, r.Host)));
    }

    [Fact]
    public async Task List_ProcessThatWentSilent_IsGoneAfterItsLifetime()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.Directory.TryAnnounceAsync(TestContext.Current.CancellationToken);
        Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Single(await ListAsync(replica));

        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(await ListAsync(replica));
    }

    [Fact]
    public async Task List_ShowsWhatAProcessCantUse()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.PutAsync("echo", Sample.ProviderWithKey);
        await replica.PutAsync("one", Sample.Model);
        await replica.Directory.TryAnnounceAsync(TestContext.Current.CancellationToken);

        var unusable = Assert.Single(await ListAsync(replica)).Unusable;

        Assert.Equal(
            [
                "provider echo: this process has no value for the secret 'echo-key'",
                "model one: none of its providers can be used here (provider 'echo': this process has no value for the secret 'echo-key')",
            ],
            unusable);
    }

    [Fact]
    public async Task List_StoreDown_SaysSoWithACode()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Down = true;

        var failure = await Assert.ThrowsAsync<ChatModelsException>(() => ListAsync(replica));

        Assert.Equal((ErrorCodes.RegistryUnavailable, ErrorCategory.Store, true), (failure.Code, failure.Category, failure.Retryable));
    }

    [Fact]
    public async Task List_AnnouncementOfAnotherForm_IsLeftOut()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await Store.AnnounceAsync("odd", "{}"u8.ToArray(), TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        await replica.Directory.TryAnnounceAsync(TestContext.Current.CancellationToken);

        Assert.Equal([replica.Registry.Status.ReplicaId], (await ListAsync(replica)).Select(r => r.Id));
    }

    [Fact]
    public async Task Announcer_AnnouncesAtOnceAfterANewSnapshotAndWithdrawsAtTheEnd()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await replica.Announcer.StartAsync(TestContext.Current.CancellationToken);
        await WaitUntil.TrueAsync(async _ => (await ListAsync(reader)).Count == 1, "the first announcement", cancellationToken: TestContext.Current.CancellationToken);

        await replica.PutAsync("echo", Sample.Provider);

        await WaitUntil.TrueAsync(async _ => (await ListAsync(reader)).Single().Revision == 2, "the announcement of revision 2", cancellationToken: TestContext.Current.CancellationToken);
        await replica.Announcer.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await ListAsync(reader));
    }

    [Fact]
    public async Task Announcer_StoreDown_TellsItOnceAndGoesOn()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Down = true;
        await replica.Announcer.StartAsync(TestContext.Current.CancellationToken);
        await WaitUntil.TrueAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(5));
                return Warnings(replica) > 0;
            },
            "the warning",
            cancellationToken: TestContext.Current.CancellationToken);
        Store.Down = false;
        await WaitUntil.TrueAsync(
            async _ =>
            {
                Time.Advance(TimeSpan.FromSeconds(5));
                return (await ListAsync(replica)).Count == 1;
            },
            "the announcement",
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, Warnings(replica));
        await replica.Announcer.StopAsync(TestContext.Current.CancellationToken);
    }

    private static int Warnings(TestReplica replica) => replica.Logs.GetSnapshot().Count(r => r.Message.Contains("announcement", StringComparison.Ordinal));

    private static RegistryOptions Options(string role) => new() { BirthDelay = TimeSpan.Zero, Role = role };

    private static Task<IReadOnlyList<ReplicaInfo>> ListAsync(TestReplica replica) => replica.Registry.ListReplicasAsync(TestContext.Current.CancellationToken);
}
