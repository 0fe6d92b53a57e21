using Microsoft.Extensions.Time.Testing;

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
}
