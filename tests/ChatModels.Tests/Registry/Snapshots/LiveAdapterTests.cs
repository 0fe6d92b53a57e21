using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Snapshots;

[Trait("Requirement", "FR-018")]
public sealed class LiveAdapterTests
{
    [Fact]
    public async Task Put_ProviderWithARequestInFlight_ServesTheNewAndDisposesTheOldWhenTheRequestHasEnded()
    {
        using var replica = await TestReplica.LoadedAsync(new InMemoryRegistryStore(new FakeTimeProvider()));
        await replica.PutAsync("echo", Sample.Provider);
        var oldSlot = replica.Current.Providers["echo"].Slot!;
        var lease = await oldSlot.AcquireAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(lease.Provider);

        await replica.PutAsync("echo", Sample.Provider with { Endpoint = "https://other.example" });

        using var next = await replica.Current.Providers["echo"].Slot!.AcquireAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, replica.Live.Count);
        Assert.Equal([0, 0], replica.Live.Select(p => p.Disposals));
        lease.Dispose();
        await WaitUntil.SignalAsync(oldSlot.Gone, "the old adapter's end", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([1, 0], replica.Live.Select(p => p.Disposals));
    }

    [Fact]
    public async Task Delete_Provider_DisposesItsAdapter()
    {
        using var replica = await TestReplica.LoadedAsync(new InMemoryRegistryStore(new FakeTimeProvider()));
        await replica.PutAsync("echo", Sample.Provider);
        var slot = replica.Current.Providers["echo"].Slot!;
        (await slot.AcquireAsync(TestContext.Current.CancellationToken)).Dispose();

        await replica.DeleteProviderAsync("echo");

        await WaitUntil.SignalAsync(slot.Gone, "the adapter's end", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([1], replica.Live.Select(p => p.Disposals));
    }

    [Fact]
    public async Task Unregister_TypeThatTheRegistryServes_EndsWithItsLastRequest()
    {
        using var replica = await TestReplica.LoadedAsync(new InMemoryRegistryStore(new FakeTimeProvider()));
        await replica.PutAsync("echo", Sample.Provider);
        await replica.PutAsync("one", Sample.Model);
        var lease = await replica.Current.Providers["echo"].Slot!.AcquireAsync(TestContext.Current.CancellationToken);

        var unregistration = replica.Types.UnregisterAsync(Sample.Type, TestContext.Current.CancellationToken);
        await replica.RefreshAsync();

        Assert.Equal("this process has no provider type 'echo'", replica.Current.Providers["echo"].Unusable);
        Assert.NotNull(replica.Current.Models["one"].Unusable);
        Assert.Equal((false, 0), (unregistration.IsCompleted, replica.Live.Single().Disposals));
        lease.Dispose();
        await WaitUntil.SignalAsync(unregistration, "the type's end", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(1, replica.Live.Single().Disposals);
    }

    [Fact]
    public async Task Put_ThatLosesItsRace_TouchesNoLiveAdapter()
    {
        var time = new FakeTimeProvider();
        var store = new FakeRegistryStore(time);
        using var replica = await TestReplica.LoadedAsync(store, time);
        await replica.PutAsync("echo", Sample.Provider);
        var slot = replica.Current.Providers["echo"].Slot!;
        store.OnCommit = _ => Task.FromResult<CommitOutcome?>(CommitOutcome.Unavailable);

        await replica.PutAsync("echo", Sample.Provider with { Endpoint = "https://other.example" });

        Assert.Same(slot, replica.Current.Providers["echo"].Slot);
        using var lease = await slot.AcquireAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(lease.Provider);
    }

    [Fact]
    public async Task Secret_ComesAndGoes_ProviderAndItsModelsFollowWithoutARevision()
    {
        using var replica = await TestReplica.LoadedAsync(new InMemoryRegistryStore(new FakeTimeProvider()));
        await replica.PutAsync("echo", Sample.ProviderWithKey);
        await replica.PutAsync("one", Sample.Model);
        var head = replica.Current.Head;
        Assert.NotNull(replica.Current.Models["one"].Unusable);

        replica.SetSecret("echo-key", "sk-1");
        await replica.RefreshAsync();

        Assert.Null(replica.Current.Providers["echo"].Unusable);
        Assert.Null(replica.Current.Models["one"].Unusable);
        Assert.Same(replica.Current.Providers["echo"], replica.Current.Models["one"].Deployments[0].Provider);
        Assert.Equal(head, replica.Current.Head);

        replica.SetSecret("echo-key", null);
        await replica.RefreshAsync();

        Assert.NotNull(replica.Current.Providers["echo"].Unusable);
        Assert.NotNull(replica.Current.Models["one"].Unusable);
    }

    [Fact]
    public async Task Secret_IsExchanged_KeepsTheAdapter()
    {
        using var replica = await TestReplica.LoadedAsync(new InMemoryRegistryStore(new FakeTimeProvider()));
        replica.SetSecret("echo-key", "sk-1");
        await replica.PutAsync("echo", Sample.ProviderWithKey);
        var entry = replica.Current.Providers["echo"];

        replica.SetSecret("echo-key", "sk-2");
        await replica.RefreshAsync();

        Assert.Same(entry, replica.Current.Providers["echo"]);
        Assert.Equal("sk-2", entry.Slot!.Options.ApiKey!.Value);
    }
}
