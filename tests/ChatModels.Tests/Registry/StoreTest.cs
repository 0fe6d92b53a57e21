using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry;

/// <summary>Tests over one faulty store and one clock.</summary>
public abstract class StoreTest : IAsyncDisposable
{
    private protected StoreTest() => Store = new FakeRegistryStore(Time);

    private protected FakeTimeProvider Time { get; } = new();

    private protected FakeRegistryStore Store { get; }

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A process that has written the provider <c>echo</c> and these models on it, each in a revision of its own.</summary>
    private protected async Task<TestReplica> WithModelsAsync(params string[] models)
    {
        var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.PutAsync("echo", Sample.Provider);
        foreach (var model in models)
        {
            Assert.Null((await replica.PutAsync(model, Sample.Model)).Failure);
        }

        return replica;
    }
}
