using ChatModels.Registry.Stores;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Sync;

/// <summary>Reads from the store that end at our own deadline, whatever the store does.</summary>
internal sealed class BoundedReads(IRegistryStore store, IOptions<RegistryOptions> options, TimeProvider time)
{
    public Task<RegistryHead?> HeadAsync(CancellationToken cancellationToken) => BoundedAsync(store.ReadHeadAsync, cancellationToken);

    public Task<StoreImage?> AllAsync(CancellationToken cancellationToken) => BoundedAsync(store.ReadAllAsync, cancellationToken);

    public Task<StoreLog?> LogAsync(long revision, CancellationToken cancellationToken) =>
        BoundedAsync(token => store.ReadLogAsync(revision, token), cancellationToken);

    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken).WaitAsync(options.Value.ReadDeadline, time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new StoreUnavailableException($"The store did not answer within {options.Value.ReadDeadline:c}.", late);
        }
    }
}
