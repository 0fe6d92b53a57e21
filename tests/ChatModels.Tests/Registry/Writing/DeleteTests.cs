using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

public sealed class DeleteTests
{
    [Fact]
    public async Task Delete_IsGoneForAProcessThatReadsEverything()
    {
        var store = new FakeRegistryStore(TimeProvider.System);
        using var writer = await TestReplica.LoadedAsync(store);
        await writer.PutAsync("echo", Sample.Provider);
        await writer.PutAsync("gone", Sample.Model);
        await writer.DeleteModelAsync("gone");
        await writer.PutAsync("unused", Sample.Provider);
        await writer.DeleteProviderAsync("unused");

        using var reader = await TestReplica.LoadedAsync(store, chance: 2);

        Assert.Equal((RegistryState.Live, writer.Current.Head), (reader.Registry.Status.State, reader.Current.Head));
        Assert.Equal(["echo"], (await store.ReadAllAsync(TestContext.Current.CancellationToken))!.Entities.Select(e => e.Id));
    }
}
